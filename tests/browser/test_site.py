"""The site in Chromium, with nothing else in reach: pages, explorers, search."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab_in_browser import Explorer, middle
from run_notebooks import ROOT
from site_in_browser import Reader, decoded

from rnnlib.pictures import style

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# The chapters on which the contrast of colours is measured, which takes long. The colours of words are those of one
# style sheet: looked at on two chapters, they hold for all.
COLOURED = ("00_start_here", "05_gru")


@pytest.fixture(scope="module")
def reader(site, chromium):
    reader = Reader(chromium, site.address)
    yield reader
    assert reader.errors == []
    assert reader.elsewhere == []
    reader.close()


@pytest.fixture(scope="module", params=[path.stem for path in NOTEBOOKS])
def chapter(reader, request):
    """The page of a chapter, opened once for the tests that look at all of it, one after another."""
    return reader.open(f"{request.param}.html")


def test_two_tabs_and_enter_lead_to_the_first_slider(chapter):
    chapter.keyboard.press("Tab")
    chapter.keyboard.press("Tab")
    assert chapter.evaluate("() => document.activeElement.textContent") == "Skip to the first picture that moves"
    chapter.keyboard.press("Enter")
    chapter.wait_for_function("() => document.activeElement.shadowRoot?.activeElement?.matches('input, select')")
    # a formula that fits its line is none of the stops
    stops = chapter.locator("mjx-container[tabindex='0']:not(.wide)")
    assert stops.count() == 0


def test_a_page_shows_all_of_its_chapter(chapter):
    for output in chapter.locator(".cell_output").all_inner_texts():
        assert not re.search(r"LiveFigure|VBox\(|Prediction\(|Not tried yet|Traceback", output)
    assert "PICTURES/" not in chapter.content()
    assert chapter.locator("article .math.notranslate:not(:has(mjx-container))").count() == 0
    assert chapter.locator("mjx-merror").count() == 0
    assert all(len(alt) > 30 for alt in chapter.locator("article img").evaluate_all("all => all.map((it) => it.alt)"))
    assert all(width > 100 for width in decoded(chapter.locator("article img.picture")))


def test_every_explorer_of_a_page_moves(chapter):
    for figure in chapter.locator("figure.explorer").all():
        figure.scroll_into_view_if_needed()
        explorer = Explorer(figure)
        first = explorer.both()
        assert explorer.svg.locator("[role=img]").get_attribute("aria-label")
        seen = set()
        for control in figure.locator("input[type=range], select").all():
            assert len(control.evaluate("e => { e.focus(); return e.labels[0].textContent; }")) > 3
            for key in ("End", "Home"):
                chapter.keyboard.press(key)
                seen.add(explorer.both())
        assert len(seen) > 1
        explorer.button("Reset").click()
        assert explorer.both() == first


def test_the_page_of_a_chapter_fits_its_window_and_so_do_its_formulas_when_it_grows_again(chapter):
    assert_fits(chapter)
    stops = chapter.locator("mjx-container[tabindex='0']")
    assert all(stops.evaluate_all("all => all.map((formula) => formula.scrollWidth > formula.clientWidth)"))


def test_nothing_serious_stands_in_the_way_of_a_reader_of_a_chapter(chapter, request):
    assert serious(chapter, colours=request.node.callspec.params["chapter"] in COLOURED) == []


@pytest.mark.parametrize("name", ["index", "search", "slides/05_gru", "handouts/05_gru"])
def test_the_other_pages_fit_and_nothing_serious_stands_in_the_way_of_a_reader(reader, name):
    page = reader.open(f"{name}.html")
    if name.startswith("slides"):
        page.wait_for_selector("body.ready")
    assert serious(page) == []
    if not name.startswith("handouts"):  # it is made for paper
        assert_fits(page)


def assert_fits(page):
    """Nothing of a page is wider than a phone."""
    resize(page, 360)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    resize(page, 1366)


def resize(page, width):
    """Give the page another width and wait until it has laid itself out."""
    page.set_viewport_size({"width": width, "height": 768})
    page.wait_for_function("width => innerWidth === width", arg=width)
    page.evaluate(
        """async () => {
            const short = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < 2000);
            await Promise.all(short.map((one) => one.finished.catch(() => null)));
            for (let k = 0; k < 3; k++) await new Promise(requestAnimationFrame);
        }"""
    )


def serious(page, colours=True):
    """What axe-core finds that is serious; inside a formula, which MathJax labels as a whole, it does not look.

    The letters of formulas, which are half of a page, are taken away first: axe-core would look past each of them.
    """
    page.evaluate("() => document.querySelectorAll('mjx-container > *').forEach((inside) => inside.replaceChildren())")
    rules = {rule: {"enabled": colours} for rule in ("color-contrast", "link-in-text-block")}
    options = {"resultTypes": ["violations"], "preload": False, "rules": rules}
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


def test_a_control_that_was_not_drawn_beforehand_is_named_with_its_value(reader):
    page = reader.open("04_lstm_gates.html")
    figure = page.locator("figure.explorer", has_text="draw of weights and noise")
    figure.scroll_into_view_if_needed()
    assert figure.locator("p.held").inner_text().endswith("Here they stay as they are: draw of weights and noise: 1.")
    assert Explorer(figure).host.get_by_label("bias of the forget gate", exact=True).count() == 1
    assert figure.get_by_label("draw of weights and noise").count() == 0


def test_a_handle_is_dragged_by_mouse_and_by_finger(reader, site, chromium):
    page = reader.open("03_vanishing_exploding_gradients.html")
    figure = page.locator("figure.explorer[aria-label^='recurrent weight']").first
    figure.scroll_into_view_if_needed()
    explorer = Explorer(figure)
    handle = figure.get_by_role("slider", name="Drag: recurrent weight")
    said = explorer.sentence()
    explorer.drag(handle, 120, 0)
    moved = explorer.sentence()
    assert moved != said
    explorer.drag(handle, -120, 0)
    assert explorer.sentence() != moved
    touch = chromium.new_context(viewport={"width": 900, "height": 700}, has_touch=True)
    page = touch.new_page()
    page.goto(f"{site.address}/03_vanishing_exploding_gradients.html")
    figure = page.locator("figure.explorer[aria-label^='recurrent weight']").first
    figure.scroll_into_view_if_needed()
    explorer = Explorer(figure)
    said = explorer.sentence()
    explorer.swipe(figure.get_by_role("slider", name="Drag: recurrent weight"), 300, 0)
    assert explorer.sentence() != said
    touch.close()


def test_a_control_that_changes_nothing_is_off_until_another_one_brings_it_back(reader):
    page = reader.open("06_birnn.html")
    figure = page.locator("figure.explorer[aria-label^='steps of padding']").first
    figure.scroll_into_view_if_needed()
    explorer, order = Explorer(figure), figure.get_by_label("within its length")
    padded = figure.get_by_role("slider", name="steps of padding").first
    assert order.is_enabled()
    padded.press("Home")
    assert "Without padding" in explorer.sentence()
    assert order.is_disabled()
    padded.press("ArrowRight")
    assert "Without padding" not in explorer.sentence()
    assert order.is_enabled()


PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
SMALLEST = style.rc_params()["xtick.labelsize"] / 72  # inches: the letters beside the ticks of a picture
READABLE = 14  # pixels
WIDTH = "part => part.getBoundingClientRect().width"


@pytest.fixture(scope="module")
def phone(chromium):
    context = chromium.new_context(**PHONE)
    yield context
    context.close()


@pytest.mark.parametrize("stem", [path.stem for path in NOTEBOOKS if int(path.stem[:2]) in (0, 3, 4, 7, 10)])
def test_on_a_phone_a_tap_or_a_pinch_makes_a_picture_legible(phone, site, stem):
    page = phone.new_page()
    page.goto(f"{site.address}/{stem}.html")
    explorers, stills = page.locator("figure.explorer"), page.locator("article img.picture")
    unfolded = [still for still in stills.all() if still.is_visible()]
    for whole in [*explorers.all()[:2], *unfolded[:2]]:
        whole.scroll_into_view_if_needed()
        still = whole.get_attribute("class") == "picture"
        if not still:
            Explorer(whole)  # waits until it moves
        frame = whole.locator("xpath=..") if still else whole.locator(".frame")
        picture = whole if still else frame.locator("svg")
        scope = frame.locator("xpath=..") if still else whole
        inches = picture.evaluate("it => it.viewBox?.baseVal.width / 7200 || it.getAttribute('width') / 100")
        button = scope.get_by_role("button", name="Enlarge the picture").first
        before = picture.evaluate(WIDTH)
        if not button.is_visible():  # it is legible as it is
            assert SMALLEST * before / inches >= READABLE
            continue
        assert before <= 390
        picture.tap(position={"x": 20, "y": 10})
        assert SMALLEST * picture.evaluate(WIDTH) / inches >= READABLE
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
        frame.evaluate("frame => { frame.scrollLeft = 1e5; }")  # a swipe shows the other end
        assert frame.evaluate("frame => frame.scrollLeft + frame.clientWidth >= frame.scrollWidth - 1")
        picture.locator("xpath=..").evaluate("frame => { frame.scrollLeft = 0; }")
        scope.get_by_role("button", name="Show the whole picture").first.tap()
        assert picture.evaluate(WIDTH) == pytest.approx(before, abs=1)
        picture.evaluate("it => it.scrollIntoView({block: 'center'})")
        pinch(page, picture, 2.0)
        assert picture.evaluate(WIDTH) == pytest.approx(2 * before, rel=0.1)
        assert page.evaluate("() => visualViewport.scale") == 1  # the page around it stays
    page.close()


def pinch(page, picture, factor):
    """Put two fingers on a picture and draw them apart."""
    x, y = middle(picture)
    client = page.context.new_cdp_session(page)
    for kind, apart in [("touchStart", 60), ("touchMove", 60 * factor**0.5), ("touchMove", 60 * factor)]:
        points = [{"x": x - apart / 2, "y": y, "id": 0}, {"x": x + apart / 2, "y": y, "id": 1}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_light_or_dark_as_the_system_is(site, chromium, scheme):
    page = chromium.new_page(color_scheme=scheme)
    page.goto(f"{site.address}/00_start_here.html")
    colour = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", colour)[:3])) < 80) == (scheme == "dark")
    page.close()


@pytest.mark.parametrize("name", ["00_start_here", "07_seq2seq_attention", "handouts/07_seq2seq_attention"])
def test_chinese_needs_no_font_of_the_machine(reader, name):
    """Whatever fonts there are: every piece of the page with Chinese in it takes letters from the course's own."""
    page = reader.open(f"{name}.html")
    client = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        client.send(f"{domain}.enable")
    pieces = page.evaluate_handle(CHINESE_PIECES)
    count = pieces.evaluate("all => all.length")
    assert count >= 1
    for k in range(0, count, 1 + count // 20):
        piece = pieces.evaluate_handle("(all, k) => all[k]", k)
        piece.evaluate("it => it.setAttribute('data-here', '')")
        root = client.send("DOM.getDocument")["root"]["nodeId"]
        node = client.send("DOM.querySelector", {"nodeId": root, "selector": "[data-here]"})["nodeId"]
        fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        own = sum(font["glyphCount"] for font in fonts if font["isCustomFont"])
        assert own == piece.evaluate("it => it.textContent.match(/[\\u2e80-\\u9fff\\uff00-\\uffef]/g).length"), fonts
        piece.evaluate("it => it.removeAttribute('data-here')")


# The innermost elements with Chinese that are seen.
CHINESE_PIECES = """() => [...document.querySelectorAll("article *")].filter((it) =>
  /[\u2e80-\u9fff]/.test(it.textContent) && !it.matches("script, style, mjx-container *") &&
  ![...it.children].some((child) => /[\u2e80-\u9fff]/.test(child.textContent)) && it.getClientRects().length)"""


def test_a_browser_that_cannot_unpack_keeps_the_picture_and_says_so(site, chromium):
    page = chromium.new_page()
    page.add_init_script("delete globalThis.DecompressionStream")
    page.goto(f"{site.address}/00_start_here.html")
    figure = page.locator("figure.explorer").first
    figure.scroll_into_view_if_needed()
    figure.get_by_text("This browser is too old to move the picture").wait_for()
    assert figure.locator("img").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 100
    page.close()


def test_on_a_dark_page_the_picture_is_dark(reader):
    page = reader.open("00_start_here.html")
    figure = page.locator("figure.explorer").first
    figure.scroll_into_view_if_needed()
    explorer = Explorer(figure)
    shade = "host => getComputedStyle(host).getPropertyValue('--c222222').trim()"
    assert explorer.host.evaluate(shade) == "#222222"
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    page.wait_for_function("host => host.classList.contains('dark')", arg=explorer.host.element_handle())
    assert explorer.host.evaluate(shade) != "#222222"
    page.evaluate("() => { document.documentElement.dataset.theme = 'light'; }")


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
        assert links == [
            f"slides/{path.stem}.html",
            f"handouts/{path.stem}.html",
            f"notebooks/{path.name}",
        ]
        assert all((site.folder / link).is_file() for link in links)
        assert (site.folder / links[2]).read_bytes() == (site.notebooks / path.name).read_bytes()
        assert f'href="{path.stem}.html"' in index
        assert f'href="slides/{path.stem}.html"' in index


def test_the_site_works_from_a_folder_too(site, chromium):
    reader = Reader(chromium, site.folder.as_uri())
    page = reader.open("03_vanishing_exploding_gradients.html")
    assert page.locator("mjx-container svg").count() > 20
    figure = page.locator("figure.explorer").first
    figure.scroll_into_view_if_needed()
    explorer = Explorer(figure)
    before = explorer.seen()
    explorer.press("End")
    assert explorer.seen() != before
    reader.open("search.html?q=peephole")
    page.locator("#search-results li a", has_text="LSTM").first.wait_for()
    reader.open("slides/03_vanishing_exploding_gradients.html")
    page.wait_for_selector("body.ready")
    assert reader.errors == []
    assert reader.elsewhere == []
    reader.close()
