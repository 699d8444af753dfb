"""Pictures of every view in its forms, for who looks at them: `make screenshots`.

The ask view as it is light and wide becomes the picture of the documentation.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.running_system import System, folder_for_a_system

ROOT = Path(__file__).parents[2]
QUESTION = "Why can a late upload notification not bring a deleted document back?"
UNANSWERED = ("Is there a mobile app?", "Can I pay by invoice?", "Who won the match on Saturday?")
KNOWLEDGE_BASE = "footnote"
VIEWS = ("documents", "unanswered", "usage", "keys")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 700}
FORMS: dict[str, dict[str, Any]] = {
    "light": {"viewport": WIDE},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "has_touch": True},
    "rtl": {"viewport": WIDE},
}
RIGHT_TO_LEFT = "document.addEventListener('DOMContentLoaded', () => (document.dir = 'rtl'))"


def main(folder: Path) -> None:
    """Start a system of its own with the documentation in it, and take all pictures of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with folder_for_a_system() as data, sync_playwright() as playwright:
        system = System(data)
        system.start()
        try:
            fill(system)
            program = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for form, options in FORMS.items():
                page = opened(browser, system, form, options)
                picture_views(page, folder, form)
            browser.close()
        finally:
            system.stop()
    shutil.copy(folder / "light-ask.png", ROOT / "docs" / "console.png")


def fill(system: System) -> None:
    """Documents, a key, and questions of which some are not answered."""
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        system.api.upload(KNOWLEDGE_BASE, path.name, path.read_bytes())
    while set(system.api.document_counts(KNOWLEDGE_BASE)) != {"ready"}:
        pass
    for question in (QUESTION, *UNANSWERED):
        system.api.ask(question, KNOWLEDGE_BASE)


def opened(browser: Browser, system: System, form: str, options: dict[str, Any]) -> Page:
    """The page in one of its forms."""
    page = browser.new_context(locale="en-GB", **options).new_page()
    if form == "rtl":
        page.add_init_script(RIGHT_TO_LEFT)
    page.goto(f"{system.api.url}/?knowledge_base={KNOWLEDGE_BASE}")
    return page


def picture_views(page: Page, folder: Path, form: str) -> None:
    """One picture of each view."""
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.locator(".answer-text button.marker").first.click()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.wait_for_timeout(500)
    page.screenshot(path=folder / f"{form}-ask.png", full_page=form == "phone")
    for view in VIEWS:
        page.evaluate(f"location.hash = '#/{view}'")
        page.wait_for_selector(f"[data-view={view}]:not(:has(.loading))", timeout=60_000)
        if view == "keys":
            page.click("#new-key")
        if view == "unanswered":
            page.locator(".to-label button").first.click()
            page.locator(".mark input").first.check()
        page.wait_for_timeout(500)
        page.screenshot(path=folder / f"{form}-{view}.png", full_page=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
