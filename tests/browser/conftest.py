"""A real Chromium on the real page, of one running system."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from footnote.http.widget_script import widget_script
from tests.browser.site import Site
from tests.browser.widget_talk import ANSWERS, Talk
from tests.running_system import System, folder_for_a_system

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("THE PAGE IS NOT TESTED: there is no Chromium here; `make browser` installs it")
    with sync_playwright() as playwright:
        # As root, as in a container, Chromium starts without its own sandbox only.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    with folder_for_a_system() as folder:
        running = System(folder)
        running.start()
        yield running
        running.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page; what the scripts on it complain of fails the test."""
    complaints: list[str] = []
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console", lambda said: complaints.append(said.text) if said.type == "error" else None
    )
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def api() -> Iterator[Site]:
    """Where the widget of the tests comes from; it answers nothing else."""
    with Site(host="127.0.0.1", pages={"/widget.js": widget_script()}) as served:
        yield served


@pytest.fixture
def site() -> Iterator[Site]:
    """A site of somebody else's, whose pages the test writes."""
    with Site() as served:
        yield served


@pytest.fixture
def talk(page: Page, site: Site, api: Site) -> Talk:
    """The widget on such a site, told its answers by the test."""
    page.add_init_script(ANSWERS)
    return Talk(page=page, site=site, api=api)
