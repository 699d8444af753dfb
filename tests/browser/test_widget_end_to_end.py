"""A page of another origin, the one script line with a real key, and a real system behind it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3
from playwright.sync_api import Page, expect

from footnote.domain.access import KeyKind, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.prompt import write_claim
from footnote.local.workspace import Workspace
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from tests.adversary import DOCUMENT, QUESTION, TRUE_SENTENCE, payloads
from tests.browser.site import Site, page_with
from tests.browser.watch import ASK_ALL, LOOK, Watch
from tests.browser.widget_talk import script_line
from tests.openai_test_server import ChatReply, Json, OpenAITestServer
from tests.running_system import System, eventually, folder_for_a_system

pytestmark = pytest.mark.browser
KB = KnowledgeBaseId("help")
PAYLOADS = [payload.text for payload in payloads()]
GUIDE = {"metadataAttributes": {"title": "Guide", "url": "https://docs.example/b"}}


def written(body: Json) -> ChatReply:
    """The true sentence, or the payload whose number the question holds."""
    number = re.search(r"\(attack (\d+)\)", json.dumps(body["messages"]))
    truth = f"{TRUE_SENTENCE} {write_claim(1, TRUE_SENTENCE)}"
    return ChatReply(text=PAYLOADS[int(number[1])] if number else truth)


@dataclass(frozen=True, kw_only=True)
class Guarded:
    """A system that lets in who has a key only, with a document about backups in it."""

    system: System
    keys: PostgresAccessKeys

    def key(self, origin: str, **limits: int) -> str:
        return self.keys.add(
            NewKey(
                kind=KeyKind.PUBLISHABLE,
                name="widget",
                knowledge_bases=(KB,),
                origins=(origin,),
                limits=Limits(**limits),  # type: ignore[arg-type]
            )
        )


@pytest.fixture(scope="module")
def guarded() -> Iterator[Guarded]:
    with OpenAITestServer(chat=written) as model, folder_for_a_system() as folder:
        settings = {
            "FOOTNOTE_GENERATION_BASE_URL": model.base_url,
            "FOOTNOTE_GENERATION_MODEL": "test-model",
            "FOOTNOTE_GENERATION_API_KEY": "k",
        }
        system = System(folder, "--keys", settings=settings)
        system.start()
        database = Database(database_url(folder))
        keys = PostgresAccessKeys(database)
        publish(system, keys.add(NewKey(kind=KeyKind.SECRET, name="test")))
        yield Guarded(system=system, keys=keys)
        database.close()
        system.stop()


def database_url(folder: Path) -> str:
    told = json.loads(Workspace(folder).connection.read_text())
    return str(told["FOOTNOTE_DATABASE_URL"])


def publish(system: System, key: str) -> None:
    system.bucket.put("help/b.md.metadata.json", json.dumps(GUIDE).encode(), "application/json")
    system.bucket.put("help/b.md", f"# Backups\n\n{DOCUMENT}\n".encode(), "text/markdown")
    address = f"{system.api.url}/v1/documents?knowledge_base=help"
    headers = {"Authorization": f"Bearer {key}"}

    def titles() -> list[Any]:
        reply = urllib3.request("GET", address, headers=headers).json()
        return [one["title"] for one in reply["documents"] if one["status"] == "ready"]

    eventually(titles, lambda found: found == ["Guide"], within_s=60)


def test_a_visitor_of_another_site_asks_reads_the_source_follows_up_and_votes(
    page: Page, site: Site, guarded: Guarded
) -> None:
    key = guarded.key(site.origin)
    site.pages["/"] = page_with(script_line(guarded.system.api.url, key=key, knowledge_base="help"))
    watch = Watch(page)
    page.goto(site.origin)
    widget = page.locator("footnote-widget")
    widget.get_by_role("button", name="Help").click()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    answer = widget.locator(".turn").last
    expect(answer.locator(".answer-text")).to_have_text(f"{TRUE_SENTENCE} 1")
    answer.get_by_role("button", name="Show source 1").click()
    expect(answer.locator("blockquote")).to_have_text(TRUE_SENTENCE)
    link = answer.get_by_role("link", name="Open the document")
    expect(link).to_have_attribute("href", "https://docs.example/b")
    widget.locator(".composer textarea").fill("And how long are they kept?")
    widget.locator(".composer textarea").press("Enter")
    expect(widget.locator(".turn")).to_have_count(2)
    expect(answer.locator(".understood")).to_contain_text("backups")
    expect(answer.locator(".answer-text")).to_have_text(f"{TRUE_SENTENCE} 1")
    with page.expect_response(lambda reply: reply.url.endswith("/v1/feedback")) as voted:
        answer.get_by_role("button", name="Helpful", exact=True).click()
    assert voted.value.status == 200
    assert voted.value.json()["rating"] == "up"
    api = guarded.system.api.url
    assert set(watch.loaded) == {
        f"{site.origin}/",
        *(f"{api}/{path}" for path in ("widget.js", "v1/ask/stream", "v1/feedback")),
    }


def test_a_key_of_another_site_is_refused_and_its_owner_told_how_to_make_one(
    chromium: Any, site: Site, guarded: Guarded
) -> None:
    key = guarded.key("https://elsewhere.example")
    site.pages["/"] = page_with(script_line(guarded.system.api.url, key=key, knowledge_base="help"))
    with chromium.new_context() as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(site.origin)
        widget = page.locator("footnote-widget")
        widget.locator(".launcher").click()
        widget.locator(".composer textarea").fill(QUESTION)
        widget.locator(".composer textarea").press("Enter")
        expect(widget.locator(".failure")).to_have_text("Help is not set up for this page.")
    hint = next(text for text in said if text.startswith("Footnote:"))
    assert "this key is not for pages of this origin" in hint
    assert f"--publishable -k help --origin {site.origin}" in hint
    assert key not in hint


def test_a_visitor_over_the_limit_is_told_when_to_come_back(
    chromium: Any, site: Site, guarded: Guarded
) -> None:
    key = guarded.key(site.origin, visitor_requests_per_minute=1)
    site.pages["/"] = page_with(script_line(guarded.system.api.url, key=key, knowledge_base="help"))
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(site.origin)
        page.locator("footnote-widget").wait_for(state="attached")
        outcomes = page.evaluate(ASK_ALL, [QUESTION, QUESTION])
        assert outcomes == [["footnote:answered", None], ["footnote:failed", "busy"]]
        failure = page.locator("footnote-widget .failure")
        expect(failure).to_contain_text(re.compile(r"You can ask again in \d+ seconds?\."))


def attack(page: Page, site: Site, guarded: Guarded, numbers: range) -> None:
    key = guarded.key(site.origin)
    api = guarded.system.api.url
    line = script_line(api, key=key, knowledge_base="help", remember="off")
    site.pages["/"] = page_with(line)
    watch = Watch(page)
    page.goto(site.origin)
    page.locator("footnote-widget").wait_for(state="attached")
    for start in range(0, len(numbers), 20):
        some = [f"{QUESTION} (attack {number})" for number in numbers[start : start + 20]]
        outcomes = page.evaluate(ASK_ALL, some)
        assert {name for name, _ in outcomes} == {"footnote:answered"}, outcomes
        foreign, links, title = page.evaluate(LOOK)
        assert (foreign, title) == ([], "Shop")
        assert set(links) <= {"https://docs.example/b"}
    assert set(watch.loaded) == {f"{site.origin}/", f"{api}/widget.js", f"{api}/v1/ask/stream"}
    assert watch.dialogs == []


def test_payloads_that_a_model_writes_run_no_script_and_load_nothing(
    page: Page, site: Site, guarded: Guarded
) -> None:
    attack(page, site, guarded, range(0, 500, 20))


@pytest.mark.storm
def test_all_payloads_that_a_model_writes_run_no_script_and_load_nothing(
    page: Page, site: Site, guarded: Guarded
) -> None:
    attack(page, site, guarded, range(500))
