"""The decks and handouts of the site in Chromium: every slide is measured on two projectors, and the keys lead on."""

import pytest
from chapters import chapters
from lab_in_browser import Explorer
from site_in_browser import Reader, decoded

from rnnlib.pictures import style

CHAPTERS = {chapter.path.stem: chapter for chapter in chapters()}
PROJECTORS = [(1366, 768), (1920, 1080)]
LEAST_TYPE = 24 / 768  # of prose, controls, predictions and pictures: the part of the height of the projector
LEAST_CODE = 20 / 768
# The smallest letters of every picture in points, as tests/explorers and tests/notebooks make sure.
POINTS = style.rc_params()["font.size"]
# Shows each slide with all of its fragments and measures every leaf that is painted, in pixels of the projector.
MEASURE = """async (points) => {
  const found = [];
  const inside = (part) => [part, ...[...part.children, ...(part.shadowRoot?.children ?? [])].flatMap(inside)];
  const scale = Reveal.getScale();
  const sizes = (parts) => parts.map((part) => parseFloat(getComputedStyle(part).fontSize) * scale);
  for (const slide of Reveal.getSlides()) {
    Reveal.slide(Reveal.getIndices(slide).h, 0, 99);
    const all = inside(slide).filter((part) => part.getBoundingClientRect().width &&
      !part.closest("aside, mjx-assistive-mml, details > :not(summary), .spoken"));
    const seen = all.filter((part) => part.matches(
      "h1, h2, p, li, td, th, pre, img, summary, figcaption, svg, label, button, input, output, .knobs"));
    const boxes = seen.map((part) => part.getBoundingClientRect()).filter((box) => box.width && box.height);
    const words = seen.filter((part) => part.matches(
      "p, li, td, th, summary, figcaption, label, button, .typed, .text, output"));
    const code = seen.filter((part) => part.matches("pre"));
    const pictures = all.filter((part) => part.matches(".frame svg, img"));
    // a scene is in units of 1/100 point, drawn larger for the hall; a still has 100 pixels to the inch
    const letters = pictures.filter((part) => part.matches("svg")).map((part) => {
      const [box, { width, height }] = [part.getBoundingClientRect(), part.viewBox.baseVal];
      const enlarged = Number(part.getRootNode().host.style.getPropertyValue("--scale"));
      return 100 * points * enlarged * Math.min(box.width / width, box.height / height);
    });
    const stills = pictures.filter((part) => part.matches("img")).map((part) => {
      const { width, height } = part.getBoundingClientRect();
      const shown = Math.min(width / part.getAttribute("width"), height / part.getAttribute("height"));
      return (100 / 72) * points * shown;
    });
    const brokenLines = code.filter((part) => {
      const high = part.offsetHeight;
      part.style.whiteSpace = "pre";
      const whole = part.offsetHeight;
      part.style.whiteSpace = "";
      return high > whole;
    });
    const middle = (part) => part.getBoundingClientRect().top + part.getBoundingClientRect().height / 2;
    const alone = all.filter((part) => part.matches(".last > button")).filter((part) =>
      !all.some((other) => other.matches(".control") && Math.abs(middle(other) - middle(part)) < 12));
    const number = document.querySelector(".slide-number").getBoundingClientRect();
    const covers = boxes.filter((box) =>
      box.left < number.right && box.right > number.left && box.top < number.bottom && box.bottom > number.top);
    found.push({
      name: slide.querySelector("h1, h2").innerText.slice(0, 40),
      left: Math.min(...boxes.map((box) => box.left)), right: Math.max(...boxes.map((box) => box.right)),
      top: Math.min(...boxes.map((box) => box.top)), bottom: Math.max(...boxes.map((box) => box.bottom)),
      type: Math.min(1000, ...sizes(words)), code: Math.min(1000, ...sizes(code)),
      pictures: pictures.map((part) => part.getBoundingClientRect().width / innerWidth),
      broken: pictures.filter((part) => part.matches("img") && !(part.complete && part.naturalWidth)).length,
      cut: all.filter((part) => part.matches("pre, table, figure, div") && !part.closest("mjx-container") &&
        part.clientWidth && part.scrollWidth > part.clientWidth + 2).length,
      covers: covers.length, shown: boxes.length, letters: [...letters, ...stills], alone: alone.length,
      brokenLines: brokenLines.length,
    });
  }
  return found;
}"""


@pytest.fixture(scope="module")
def decks(site, chromium):
    """A function that opens a chapter's deck; what its console says fails the test."""
    reader = Reader(chromium, site.address)

    def open_deck(stem):
        reader.page.set_viewport_size(dict(zip(("width", "height"), PROJECTORS[0], strict=True)))
        page = reader.open(f"slides/{stem}.html")
        page.wait_for_selector("body.ready")
        return page

    yield open_deck
    assert reader.errors == []
    assert reader.elsewhere == []
    reader.close()


@pytest.mark.parametrize("stem", CHAPTERS)
def test_every_slide_can_be_read_and_nothing_runs_off(decks, stem):
    """A projector that changes its size in between is one of the cases: the deck keeps its place and fits again."""
    page = decks(stem)
    for width, height in PROJECTORS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            "height => innerHeight === height && Reveal.getScale() > height / 720 * 0.95", arg=height
        )
        slides = page.evaluate(MEASURE, POINTS)
        assert 15 <= len(slides) <= 25
        for slide in slides:
            assert slide["shown"], slide
            assert min(slide["left"], slide["top"]) >= 0, slide
            assert slide["right"] <= width, slide
            assert slide["bottom"] <= height, slide
            assert slide["cut"] == slide["broken"] == slide["covers"] == 0, slide
            assert slide["type"] >= LEAST_TYPE * height, slide
            assert slide["code"] >= LEAST_CODE * height, slide
            assert all(share >= 0.5 for share in slide["pictures"]), slide
            assert all(size >= LEAST_TYPE * height for size in slide["letters"]), slide
            assert not slide["brokenLines"], slide
            assert not slide["alone"], slide  # Reset has a row with others


def test_the_measure_sees_what_runs_off_and_what_is_small(decks):
    page = decks(next(iter(CHAPTERS)))
    page.evaluate("() => { document.querySelector('.slides h2').style.marginTop = '760px'; }")
    assert max(slide["bottom"] for slide in page.evaluate(MEASURE, POINTS)) > 768
    page.evaluate("() => { document.querySelector('.slides h2').style.transform = 'translateX(1300px)'; }")
    assert max(slide["right"] for slide in page.evaluate(MEASURE, POINTS)) > 1366
    knobs = page.locator("figure.explorer").first.locator(".last > button")
    knobs.evaluate("button => { button.style.fontSize = '14px'; }")
    assert min(slide["type"] for slide in page.evaluate(MEASURE, POINTS)) < 16
    knobs.evaluate("button => { button.style.marginLeft = '1100px'; }")
    assert max(slide["alone"] for slide in page.evaluate(MEASURE, POINTS)) == 1
    page.locator("figure.explorer .frame svg").first.evaluate("picture => { picture.style.maxHeight = '200px'; }")
    assert min(size for slide in page.evaluate(MEASURE, POINTS) for size in slide["letters"]) < 16
    page = decks("02_bptt")
    page.evaluate("() => { document.querySelector('.slides img').style.maxHeight = '200px'; }")
    assert min(size for slide in page.evaluate(MEASURE, POINTS) for size in slide["letters"]) < 16


def test_words_alone_do_not_hang_at_the_top(decks):
    """Where a slide has room to spare, a part of it lies between the heading and the words."""
    page = decks("02_bptt")
    gaps = page.evaluate(GAPS)
    assert len(gaps) > 10
    for name, above, below in gaps:
        assert above >= 0.25 * (above + below), name


GAPS = """() => Reveal.getSlides().map((slide, k) => [slide, k]).slice(1)
  .filter(([slide]) => !slide.querySelector("img, figure"))
  .map(([slide, k]) => {
    Reveal.slide(k, 0, 99);
    const boxes = [...slide.querySelectorAll(":scope > :not(aside)")].map((part) => part.getBoundingClientRect());
    return [slide.innerText.slice(0, 40), boxes[1].top - boxes[0].bottom, innerHeight - boxes.at(-1).bottom];
  })"""


def test_keys_lead_through_the_deck_and_belong_to_a_slider_that_has_the_focus(decks):
    page = decks("03_vanishing_exploding_gradients")
    here = "() => Reveal.getIndices().h"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(here) == 1
    page.evaluate(
        "() => Reveal.slide([...Reveal.getSlides()].findIndex((it) => it.querySelector('figure.explorer')), 0, 99)"
    )
    place = page.evaluate(here)
    explorer = Explorer(page.locator("section.present figure.explorer"))
    first = explorer.seen(), explorer.sentence()
    assert explorer.after(lambda: explorer.press("ArrowRight")) != first
    assert page.evaluate(here) == place
    page.keyboard.press("PageDown")  # a clicker, while the slider has the focus
    assert page.evaluate(here) == place + 1


@pytest.mark.parametrize(("number", "story"), [(3, "Clipping, taken away"), (4, "One bit"), (5, "Too large a step")])
def test_one_key_plays_the_training_of_a_story_and_stops_it(decks, number, story):
    page = decks(next(stem for stem in CHAPTERS if stem.startswith(f"{number:02}")))
    page.evaluate("w => Reveal.slide([...Reveal.getSlides()].findIndex((it) => it.innerText.includes(w)))", story)
    explorer = Explorer(page.locator("section.present figure.explorer"))
    moment = explorer.ranges.first
    page.keyboard.press("t")
    page.wait_for_function("range => Number(range.value) > 1", arg=moment.element_handle())
    page.keyboard.press("t")
    rests = moment.input_value()
    page.wait_for_timeout(700)
    assert moment.input_value() == rests


@pytest.fixture(scope="module")
def handouts(site, chromium):
    reader = Reader(chromium, site.address)
    yield reader
    assert reader.errors == reader.elsewhere == []
    reader.close()


@pytest.mark.parametrize("stem", CHAPTERS)
def test_the_handout_shows_every_slide_beside_its_notes_and_needs_nothing_that_moves(handouts, stem):
    page = handouts.open(f"handouts/{stem}.html")
    slides, notes = page.locator("article > .slide"), page.locator("article > .notes")
    assert slides.count() == notes.count() >= 15
    assert all(" min\n" in text for text in notes.all_inner_texts())
    assert page.locator("main script, mjx-merror, .held").count() == 0
    assert all(width > 100 for width in decoded(page.locator("main img")))
