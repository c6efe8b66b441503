"""What the tests in the browser share: a Chromium, and the site built from the notebooks."""

import os
import types

import pytest
from lab_in_browser import BROWSERS, browser, find_browser
from run_notebooks import ROOT
from site_in_browser import served


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium; without one the test is skipped, or fails where RNN_REQUIRE_BROWSER is 1."""
    if find_browser() is None:
        reason = f"needs a Chromium: name it in RNN_CHROMIUM or have one of {', '.join(BROWSERS)}"
        if os.environ.get("RNN_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine, browser(engine) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site with few pictures for each explorer: its folder and its address on a plain web server."""
    from build_site import build

    folder = tmp_path_factory.mktemp("site")
    build(ROOT / "notebooks", folder, most=3)
    with served(folder) as address:
        yield types.SimpleNamespace(folder=folder, address=address)
