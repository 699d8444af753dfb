"""What is told to the widget stays text, also where nobody has checked it before."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.adversary import payloads
from tests.browser.site import Site, page_with
from tests.browser.watch import ASK_ALL, LOOK, Watch
from tests.browser.widget_talk import CITATION, REPLY, event, script_line

pytestmark = pytest.mark.browser
# The endless ones are cut: each stands in eight places of a reply.
LONGEST = 3000

TELL_IN_TURN = """window.bodies = [];
window.fetch = () => Promise.resolve(new Response(window.bodies.shift()));
"""


def hostile_stream(text: str) -> str:
    """A reply that holds the payload wherever a reply holds text, none of it checked."""
    evil = CITATION | {"title": text, "key": text, "quote": text, "heading_path": [text, text]}
    links = [evil | {"marker": 2, "url": text}, evil | {"marker": 3, "url": "javascript:alert(1)"}]
    reply = REPLY | {"answer": f"{text} [1] [2]", "citations": [evil, *links]}
    found = {"question": text, "conversation_id": text, "passages": [{"text": text}]}
    told: list[tuple[str, dict[str, Any]]] = [
        ("passages", found),
        ("token", {"sentence": 0, "text": text}),
    ]
    told += [("retract", {"sentence": 0, "reason": text})]
    told += [("token", {"sentence": 0, "text": reply["answer"]}), ("done", reply)]
    return "".join(event(name, content) for name, content in told)


def test_500_payloads_that_nothing_checked_run_no_script_and_load_nothing(
    page: Page, site: Site, api: Site
) -> None:
    page.add_init_script(TELL_IN_TURN)
    site.pages["/"] = page_with(script_line(api.origin, key="pk_x", remember="off"))
    watch = Watch(page)
    page.goto(site.origin)
    page.locator("footnote-widget").wait_for(state="attached")
    outcomes: list[Any] = []
    links: set[str] = set()
    every = [payload.text[:LONGEST] for payload in payloads()]
    for start in range(0, len(every), 20):
        some = every[start : start + 20]
        page.evaluate("bodies => window.bodies.push(...bodies)", list(map(hostile_stream, some)))
        outcomes += page.evaluate(ASK_ALL, some)
        foreign, found, title = page.evaluate(LOOK)
        assert (foreign, title) == ([], "Shop"), some
        links.update(found)
        page.evaluate(
            "document.querySelector('footnote-widget').shadowRoot.querySelector('.again').click()"
        )
    assert len(outcomes) == 500
    assert {name for name, _ in outcomes} == {"footnote:answered"}
    # What a document's own address is, its owner says; here some payloads are web addresses.
    assert {link for link in links if not link.startswith(("http:", "https:", "ftp:"))} == set()
    assert "https://docs.example/guide" in links
    assert watch.loaded == [f"{site.origin}/", f"{api.origin}/widget.js"]
    assert watch.dialogs == []
