"""The site and its slides in Chromium, with nothing else in reach: pages, explorers, search, every slide."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from published import MOST
from run_notebooks import ROOT
from site_in_browser import Reader

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PROJECTORS = [(1920, 1080), (1366, 768)]
# The pages on which the contrast of colours is measured, which takes long.
COLOURED = ("index", "search", "00_start_here", "05_gru", "slides/05_gru")
# The part of the height of the slide that a line of words takes at least.
LEAST_TYPE = 0.021
# Shows each slide with all of its fragments and measures every leaf that is painted, in pixels of the projector.
MEASURE = """async () => {
  const found = [];
  for (const slide of Reveal.getSlides()) {
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v, 99);
    const seen = slide.querySelectorAll(
      "h1, h2, h3, h4, p, li, td, th, pre, img, summary, figcaption, svg, input, select, button");
    const boxes = [...seen].filter((part) => !part.closest("aside, mjx-assistive-mml, details > :not(summary)"))
      .map((part) => [part, part.getBoundingClientRect()]).filter(([, box]) => box.width && box.height);
    const page = slide.getBoundingClientRect();
    const cut = [...slide.querySelectorAll("pre, table, figure, div")].filter((part) =>
      !part.closest("aside, mjx-container") && part.scrollWidth > part.clientWidth + 2 && part.clientWidth).length;
    found.push({
      name: (slide.querySelector("h1, h2, h3, h4")?.innerText ?? slide.innerText).slice(0, 40),
      left: Math.min(...boxes.map(([, box]) => box.left)), right: Math.max(...boxes.map(([, box]) => box.right)),
      top: Math.min(...boxes.map(([, box]) => box.top)), bottom: Math.max(...boxes.map(([, box]) => box.bottom)),
      type: Math.min(...[...slide.querySelectorAll(":scope > div.words p, :scope > div.words li")]
        .filter((part) => part.offsetHeight)
        .map((part) => parseFloat(getComputedStyle(part).fontSize) * Reveal.getScale()), 1000),
      broken: boxes.filter(([part]) => part.matches("img") && !(part.complete && part.naturalWidth)).length,
      cut, shown: page.width > 0 && page.height > 0 && boxes.length,
    });
  }
  return found;
}"""


@pytest.fixture(scope="module")
def reader(site, chromium):
    reader = Reader(chromium, site.address)
    yield reader
    assert reader.errors == []
    assert reader.elsewhere == []
    reader.close()


@pytest.mark.parametrize("stem", [path.stem for path in NOTEBOOKS])
def test_a_page_shows_all_of_its_chapter_and_every_explorer_moves(reader, stem):
    page = reader.open(f"{stem}.html")
    for output in page.locator(".cell_output").all_inner_texts():
        assert not re.search(r"LiveFigure|VBox\(|Prediction\(|Not tried yet|Traceback", output)
    assert "PICTURES/" not in page.content()
    assert page.locator("article .math.notranslate:not(:has(mjx-container))").count() == 0
    assert page.locator("mjx-merror").count() == 0
    for picture in page.locator("article img").all():
        assert len(picture.get_attribute("alt")) > 30
        assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 100
    for figure in page.locator("figure.frames").all():
        first = figure.locator("img").get_attribute("src")
        alt, words = figure.locator("img").get_attribute("alt"), figure.locator("figcaption").inner_text()
        assert alt.endswith(words)
        seen = set()
        for control in figure.locator("input[type=range], select").all():
            name = page.locator(f"label[for={control.get_attribute('id')}]").inner_text()
            assert len(name) > 3
            control.focus()
            for key in ("End", "Home"):
                page.keyboard.press(key)
                picture = figure.locator("img")
                assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 100
                seen.add((picture.get_attribute("src"), figure.locator("figcaption").inner_text()))
                assert picture.get_attribute("alt").endswith(figure.locator("figcaption").inner_text())
        assert len(seen) > 1
        figure.get_by_role("button", name="Reset").click()
        assert figure.locator("img").get_attribute("src") == first
        assert figure.locator("figcaption").inner_text() == words


def test_a_control_that_was_not_drawn_beforehand_is_named_with_its_value(reader):
    page = reader.open("03_vanishing_exploding_gradients.html")
    figure = page.locator("figure.frames", has=page.locator("#vanishing-powers-weight"))
    assert figure.locator("p.held").inner_text().endswith("Here they stand still: number of steps T: 1000.")
    assert figure.locator("input, select").count() == 2


def test_an_answer_is_folded_away_until_it_is_asked_for(reader):
    page = reader.open("03_vanishing_exploding_gradients.html")
    for summary in ("The answer", "One answer", "Hints"):
        answer = page.locator("details", has=page.get_by_text(summary, exact=True)).first
        inside = answer.locator(":scope > :not(summary)").first
        assert not inside.is_visible()
        answer.locator("summary").focus()
        page.keyboard.press("Enter")
        assert inside.is_visible()


def test_search_finds_a_chapter_from_the_keyboard(reader):
    page = reader.open("index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("peephole")
    page.keyboard.press("Enter")
    found = page.locator("#search-results li a", has_text="LSTM").first
    found.wait_for()
    found.click()
    page.wait_for_url("**/04_lstm_gates.html*")


def test_every_form_of_a_chapter_is_linked_and_there(site):
    index = (site.folder / "index.html").read_text(encoding="utf-8")
    for path in NOTEBOOKS:
        text = (site.folder / f"{path.stem}.html").read_text(encoding="utf-8")
        links = re.findall(r'<a href="([^"]+)"', re.search(r'<p class="forms">.*?</p>', text)[0])
        assert links == [f"slides/{path.stem}.html", f"notebooks/{path.name}"]
        assert all((site.folder / link).is_file() for link in links)
        assert (site.folder / links[1]).read_bytes() == path.read_bytes()
        assert f'href="{path.stem}.html"' in index
        assert f'href="slides/{path.stem}.html"' in index


def test_the_site_works_from_a_folder_too(site, chromium):
    reader = Reader(chromium, site.folder.as_uri())
    page = reader.open("03_vanishing_exploding_gradients.html")
    assert page.locator("mjx-container svg").count() > 20
    figure = page.locator("figure.frames").first
    before = figure.locator("img").get_attribute("src")
    figure.locator("input").first.focus()
    page.keyboard.press("End")
    assert figure.locator("img").get_attribute("src") != before
    assert figure.locator("img").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 100
    reader.open("search.html?q=peephole")
    page.locator("#search-results li a", has_text="LSTM").first.wait_for()
    reader.open("slides/03_vanishing_exploding_gradients.html")
    page.wait_for_selector("body.ready")
    assert reader.errors == []
    assert reader.elsewhere == []
    reader.close()


@pytest.mark.parametrize("name", ["index", "search", *(path.stem for path in NOTEBOOKS), "slides/05_gru"])
def test_a_page_fits_its_window_and_nothing_serious_stands_in_the_way_of_a_reader(reader, name):
    page = reader.open(f"{name}.html")
    if name.startswith("slides"):
        page.wait_for_selector("body.ready")
    # The colours of words are those of one style sheet: looked at on two chapters, they hold for all.
    assert serious(page, colours=name in COLOURED) == []
    page.set_viewport_size({"width": 360, "height": 768})
    page.wait_for_function("innerWidth === 360")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1366, "height": 768})


def serious(page, colours=True):
    """What axe-core finds that is serious; inside a formula, which MathJax labels as a whole, it does not look."""
    options = {"resultTypes": ["violations"], "preload": False, "rules": {"color-contrast": {"enabled": colours}}}
    found = Axe().run(page, {"exclude": ["mjx-container > *"]}, options).response["violations"]
    return [
        (violation["id"], violation["nodes"][0]["html"][:200])
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]


def test_axe_is_not_content_with_everything(reader):
    page = reader.open("index.html")
    page.evaluate(
        """() => {
            const article = document.querySelector("article");
            article.append(new Image());
            article.querySelector("p").style.color = "#bbb";
        }"""
    )
    assert {"image-alt", "color-contrast"} <= {name for name, _ in serious(page)}


def test_with_all_its_pictures_no_page_would_weigh_more_than_five_megabytes(site):
    """The pictures of the test build, weighed as if each explorer had as many as the real build gives it."""
    for path in NOTEBOOKS:
        text = (site.folder / f"{path.stem}.html").read_text(encoding="utf-8")
        pictures = site.folder / "pictures" / path.stem
        frames = [json.loads(data)["sources"] for data in re.findall(r'application/json">(.*?)</script>', text)]
        weight = len(text.encode()) + sum(picture.stat().st_size for picture in pictures.glob("*.png"))
        for sources in frames:
            sizes = [(site.folder / source).stat().st_size for source in sources]
            weight += max(MOST, len(sizes)) * sum(sizes) / len(sizes)
        assert weight < 5_000_000, path.stem


@pytest.fixture(scope="module")
def decks(site, chromium):
    """A function that opens a chapter's deck; what its console says fails the test."""
    readers = []

    def open_deck(stem, size):
        readers.append(Reader(chromium, site.address, size))
        page = readers[-1].open(f"slides/{stem}.html")
        page.wait_for_selector("body.ready")
        return page

    yield open_deck
    for reader in readers:
        assert reader.errors == []
        assert reader.elsewhere == []
        reader.close()


@pytest.mark.parametrize("stem", [path.stem for path in NOTEBOOKS])
def test_nothing_runs_off_a_slide(decks, stem):
    page = decks(stem, PROJECTORS[0])
    for width, height in PROJECTORS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            "height => innerHeight === height && Reveal.getScale() > height / 720 * 0.95", arg=height
        )
        slides = page.evaluate(MEASURE)
        assert len(slides) > 5
        for slide in slides:
            assert slide["shown"], slide
            assert min(slide["left"], slide["top"]) >= 0, slide
            assert slide["right"] <= width, slide
            assert slide["bottom"] <= height, slide
            assert slide["cut"] == slide["broken"] == 0, slide
            assert slide["type"] >= LEAST_TYPE * height, slide


def test_the_measure_sees_what_runs_off(decks):
    page = decks(NOTEBOOKS[0].stem, PROJECTORS[1])
    page.evaluate("() => { document.querySelector('.slides h2').style.marginTop = '760px'; }")
    assert max(slide["bottom"] for slide in page.evaluate(MEASURE)) > 768
    page.evaluate("() => { document.querySelector('.slides h2').style.transform = 'translateX(1300px)'; }")
    assert max(slide["right"] for slide in page.evaluate(MEASURE)) > 1366


def test_keys_lead_through_the_deck_and_belong_to_a_slider_that_has_the_focus(decks):
    page = decks("03_vanishing_exploding_gradients", PROJECTORS[1])
    where = "() => Reveal.getIndices().h"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(where) == 1
    h, v = page.evaluate(
        """() => {
            const slide = document.querySelector("#vanishing-powers-weight").closest("section");
            const { h, v } = Reveal.getIndices(slide);
            Reveal.slide(h, v, 99);
            return [h, v];
        }"""
    )
    slider = page.locator("#vanishing-powers-weight")
    figure = slider.locator("xpath=ancestor::figure")
    said, shown = figure.locator("figcaption").inner_text(), figure.locator("img").get_attribute("src")
    knob, picture = slider.bounding_box(), figure.locator("img").bounding_box()
    assert knob["y"] + knob["height"] <= picture["y"] + 1
    assert knob["width"] > 100
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => [Reveal.getIndices().h, Reveal.getIndices().v]") == [h, v]
    assert figure.locator("figcaption").inner_text() != said
    assert figure.locator("img").get_attribute("src") != shown


def cells_of(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        yield cell, "".join(cell["source"]), cell["metadata"].get("slideshow", {}).get("slide_type")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_is_a_lecture(path):
    """The title with its question and minutes; notes set apart, with minutes; no set-up and no exercise on a slide."""
    (_, title, kind), *rest = cells_of(path)
    assert kind == "slide"
    assert any("?" in part for part in title.split("\n\n"))
    assert re.search(r"\d+ minutes alone, \d+ (minutes )?on stage", title)
    notes = [source for _, source, kind in rest if kind == "notes"]
    assert notes
    for source in notes:
        assert re.match(r"> \*On stage, \d+ minutes?\b[^*]*\.\*", source), source
        assert all(line.startswith(">") for line in source.split("\n")), source
    for cell, source, kind in rest:
        if cell["cell_type"] == "code" and re.search(r"style\.use\(|^exercises\.\w+\.check\(", source, re.MULTILINE):
            assert kind == "skip", source
        if cell["cell_type"] == "markdown" and re.match(r"#+ Exercise \d", source):
            assert kind == "skip", source
