"""The console's views on a running system: keys, usage, and what was not answered."""

from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.running_system import System, eventually

pytestmark = pytest.mark.browser
VIEWS = ("ask", "documents", "unanswered", "usage", "keys")
_numbers = count(1)
# Stands in the way of the API, so that a test decides when it fails, without a word in the console.
FAILING = """
const { fetch } = window;
window.isDown = true;
window.fetch = (address, options) => {
  if (!window.isDown || !String(address).includes("/v1/")) return fetch(address, options);
  const error = { code: "unavailable", message: "The database is away.", request_id: "r" };
  return Promise.resolve(new Response(JSON.stringify({ error }), { status: 503 }));
};
"""
CLUSTER: dict[str, Any] = {
    "cluster_id": "00000000-0000-4000-8000-000000000001",
    "question": "Is there a mobile app?",
    "state": "closed",
    "questions": 3,
    "declined": 2,
    "down_voted": 1,
    "first_seen": "2026-11-01T10:00:00Z",
    "last_seen": "2026-11-03T10:00:00Z",
    "changed_at": "2026-11-04T10:00:00Z",
    "checked_at": None,
    "examples": [
        {
            "question_id": "q",
            "question": "an app for phones?",
            "reason": "declined",
            "asked_at": "2026-11-01T10:00:00Z",
        }
    ],
    "closed_by": {
        "document_id": "kb.1",
        "key": "kb/apps.md",
        "title": "Apps",
        "url": None,
        "page": 4,
        "heading_path": [],
        "quote": "The app is for Android and iOS.",
    },
}


@pytest.fixture
def knowledge_base() -> str:
    return f"console-{next(_numbers)}"


@pytest.fixture
def console(page: Page, system: System, knowledge_base: str) -> Page:
    page.goto(f"{system.api.url}/?knowledge_base={knowledge_base}")
    return page


def go(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_focused()


def test_each_view_has_an_address_that_leads_back_to_it(console: Page, knowledge_base: str) -> None:
    go(console, "Usage")
    expect(console).to_have_title("Usage · Footnote")
    go(console, "Keys")
    expect(console.locator("nav [aria-current]")).to_have_text("Keys")
    console.go_back()
    expect(console.get_by_role("heading", name="Usage", exact=True)).to_be_visible()
    console.reload()
    expect(console.get_by_role("heading", name="Usage", exact=True)).to_be_visible()
    expect(console.locator("#knowledge-base")).to_have_value(knowledge_base)


def test_the_knowledge_base_that_was_chosen_is_remembered(console: Page, system: System) -> None:
    go(console, "Documents")
    console.fill("#knowledge-base", "another")
    console.press("#knowledge-base", "Enter")
    expect(console.locator("#documents-empty")).to_contain_text("Nothing is in another yet.")
    assert console.url.endswith("?knowledge_base=another#/documents")
    console.goto(f"{system.api.url}/")
    expect(console.locator("#knowledge-base")).to_have_value("another")


def test_a_key_is_made_told_once_replaced_and_ended(console: Page) -> None:
    go(console, "Keys")
    console.get_by_role("button", name="New key").click()
    console.get_by_label("What is it for?").fill("help widget")
    console.get_by_label("Sites whose pages").fill("https://www.example.com/")
    console.get_by_role("button", name="Make the key").click()
    secret = console.locator(".secret")
    expect(secret).to_contain_text("pk_")
    first = secret.inner_text()
    row = console.locator(".key:not(.replaced, .revoked)").filter(has_text="help widget")
    expect(row).to_contain_text("https://www.example.com")
    expect(row).to_contain_text("20 a minute for each visitor")
    row.get_by_role("button", name="Rotate").click()
    row.get_by_role("button", name="Replace it?").click()
    expect(secret).not_to_have_text(first)
    expect(console.locator(".key.replaced")).to_contain_text(first[:13])
    row.get_by_role("button", name="Revoke").click()
    row.get_by_role("button", name="End it at once?").click()
    expect(console.get_by_text("1 key that ended")).to_be_visible()
    # Who comes back does not see it again.
    go(console, "Usage")
    go(console, "Keys")
    expect(secret).to_have_count(0)


def test_what_cannot_be_a_key_is_said_beside_it(console: Page) -> None:
    go(console, "Keys")
    console.get_by_role("button", name="New key").click()
    console.get_by_label("What is it for?").fill("help widget")
    console.get_by_label("Knowledge bases").fill("")
    # Of a refusal over the wire the browser itself would complain.
    console.evaluate(
        """() => {
          const { fetch } = window;
          window.fetch = async (address, options) => {
            if (options?.method !== "POST") return fetch(address, options);
            const error = { message: "a publishable key is for named knowledge bases" };
            return new Response(JSON.stringify({ error }), { status: 422 });
          };
        }"""
    )
    console.get_by_role("button", name="Make the key").click()
    alert = console.locator(".key-form").get_by_role("alert")
    expect(alert).to_have_text("a publishable key is for named knowledge bases")


def test_usage_counts_what_was_asked_and_tells_each_value(
    console: Page, system: System, knowledge_base: str
) -> None:
    for _ in range(3):
        system.api.ask("How long are backups kept?", knowledge_base)
    go(console, "Usage")
    expect(console.locator(".tile").first).to_contain_text("Questions3")
    plot = console.get_by_role("slider", name="Questions")
    plot.focus()
    plot.press("ArrowRight")
    told = "answered 0, declined 3, failed 0"
    expect(console.locator(".plot").first.locator(".reading")).to_contain_text(told)
    assert plot.get_attribute("aria-valuetext").endswith(told)  # type: ignore[union-attr]
    plot.press("ArrowLeft")
    expect(console.locator(".plot").first.locator(".reading")).to_contain_text("declined 0")
    console.get_by_label("Questions as a table").click()
    expect(console.locator(".plot").first.get_by_role("row")).to_have_count(2)
    console.get_by_role("button", name="24 hours").click()
    expect(console.get_by_role("slider", name="Questions")).to_have_attribute("aria-valuemax", "23")


def test_where_nothing_was_asked_the_way_to_ask_is_shown(console: Page) -> None:
    go(console, "Usage")
    expect(console.get_by_text("Nothing was asked of console-")).to_be_visible()


def test_a_declined_question_waits_for_a_document_or_is_dismissed(
    console: Page, system: System, knowledge_base: str
) -> None:
    system.api.ask("Is there a mobile app?", knowledge_base)
    go(console, "Unanswered")
    cluster = console.locator(".cluster")
    expect(cluster).to_contain_text("Is there a mobile app?")
    cluster.get_by_role("button", name="Upload a document").click()
    expect(console.locator("#answering")).to_contain_text("Is there a mobile app?")
    go(console, "Unanswered")
    cluster.get_by_role("button", name="Dismiss").click()
    expect(console.get_by_text("was answered, as far as anybody said")).to_be_visible()
    console.get_by_role("button", name="1 dismissed").click()
    cluster.get_by_role("button", name="Ask it now").click()
    expect(console.locator("#question")).to_have_value("Is there a mobile app?")


def test_what_a_document_closed_is_shown_with_the_document(console: Page) -> None:
    reply = {"clusters": [CLUSTER], "next_cursor": None, "counts": {"closed": 1}}
    console.route("**/v1/questions/unanswered?*", lambda route: route.fulfill(json=reply))
    go(console, "Unanswered")
    cluster = console.locator(".cluster")
    expect(cluster.locator(".closed-by")).to_contain_text("Answered by Apps, page 4")
    expect(cluster.locator("blockquote")).to_have_text("The app is for Android and iOS.")
    cluster.get_by_text("Also asked as (1)").click()
    expect(cluster).to_contain_text("an app for phones?")


def test_a_golden_question_tells_how_its_answer_changed(
    console: Page, system: System, knowledge_base: str
) -> None:
    go(console, "Unanswered")
    console.get_by_label("A golden question").fill("How long are canoes lent?")
    console.get_by_label("Words that its answer").fill("three days")
    console.get_by_role("button", name="Keep it").click()
    golden = console.locator(".golden")
    expect(golden).to_contain_text("lacks the expected words")
    expect(golden.locator(".golden-answer")).to_have_text("The documents do not say.")
    text = b"# Canoes\n\nHow long canoes are lent: canoes are lent for three days.\n"
    system.api.upload(knowledge_base, "canoes.md", text)
    eventually(lambda: system.api.document_counts(knowledge_base), lambda c: c == {"ready": 1})
    golden.get_by_role("button", name="Ask again").click()
    expect(golden).to_contain_text("answered now")
    expect(golden.locator("ins")).to_contain_text("three days.")
    expect(golden.locator("del")).to_contain_text("do not say.")
    golden.get_by_role("button", name="Accept the new answer").click()
    expect(golden.locator(".labels")).to_have_text("as it was")
    golden.get_by_role("button", name="Remove").click()
    golden.get_by_role("button", name="Really remove?").click()
    expect(golden).to_have_count(0)


CANOES = b"# Canoes\n\nMembers may lend a canoe for three days. Oars are in the shed.\n"


def test_somebody_who_knows_labels_a_question_with_its_passage(
    console: Page, system: System, knowledge_base: str
) -> None:
    system.api.upload(knowledge_base, "canoes.md", CANOES)
    eventually(lambda: system.api.document_counts(knowledge_base), lambda c: c == {"ready": 1})
    for question in ("Who repairs the dinghy?", "Is there a crane in the harbour?"):
        system.api.ask(question, knowledge_base)
    go(console, "Unanswered")
    waiting = console.locator(".to-label")
    expect(waiting).to_have_count(2)
    dinghy = waiting.filter(has_text="dinghy")
    dinghy.get_by_role("button", name="Label it").click()
    dinghy.get_by_label("The right answer").fill("Whoever is in the shed.")
    dinghy.get_by_label("Canoes").check()
    dinghy.get_by_role("button", name="Save").click()
    expect(waiting).to_have_count(1)
    # Whoever works through them by keyboard goes on with the next.
    expect(waiting.get_by_role("button", name="Label it")).to_be_focused()
    console.keyboard.press("Enter")
    waiting.get_by_label("The documents do not tell").check()
    expect(waiting.get_by_label("The right answer")).to_be_disabled()
    waiting.get_by_role("button", name="Save").click()
    expect(console.locator("#labels")).to_contain_text("No question was declined")
    console.get_by_role("button", name="labelled", exact=True).click()
    expect(waiting.filter(has_text="crane")).to_contain_text("not in the documents")
    expect(dinghy).to_contain_text("Whoever is in the shed.")
    expect(dinghy).to_contain_text(f"1 passage of {knowledge_base}/canoes.md")
    dinghy.get_by_role("button", name="Change").click()
    expect(dinghy.get_by_label("Canoes")).to_be_checked()
    dinghy.get_by_role("button", name="Cancel").click()
    expect(dinghy.get_by_role("button", name="Change")).to_be_focused()
    dinghy.get_by_role("button", name="Forget").click()
    dinghy.get_by_role("button", name="Really forget?").click()
    expect(waiting).to_have_count(1)


def test_a_label_that_is_refused_stays_as_it_was_written(
    console: Page, system: System, knowledge_base: str
) -> None:
    system.api.ask("Who repairs the dinghy?", knowledge_base)
    go(console, "Unanswered")
    waiting = console.locator(".to-label")
    waiting.get_by_role("button", name="Label it").click()
    waiting.get_by_label("The right answer").fill("Whoever is in the shed.")
    # Of a refusal over the wire the browser itself would complain.
    console.evaluate(
        """() => {
          window.fetch = async () => {
            const error = { message: "there is no such question; it may have been forgotten" };
            return new Response(JSON.stringify({ error }), { status: 404 });
          };
        }"""
    )
    waiting.get_by_role("button", name="Save").click()
    expect(console.locator("#labels-failure")).to_contain_text("it may have been forgotten")
    expect(waiting.get_by_label("The right answer")).to_have_value("Whoever is in the shed.")
    expect(waiting.get_by_role("button", name="Save")).to_be_enabled()


def test_a_view_that_cannot_be_shown_says_why_and_tries_again(page: Page, system: System) -> None:
    page.add_init_script(FAILING)
    page.goto(f"{system.api.url}/?knowledge_base=failing")
    for name in ("Documents", "Unanswered", "Usage", "Keys"):
        page.evaluate("window.isDown = true")
        go(page, name)
        view = page.locator(f"[data-view={name.lower()}]")
        expect(view.get_by_role("alert").first).to_contain_text("The database is away.")
        page.evaluate("window.isDown = false")
        view.get_by_role("button", name="Try again").first.click()
        expect(view.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out(chromium: Browser, system: System, scheme: str) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": 320, "height": 700})  # type: ignore[arg-type]
    page = context.new_page()
    system.api.upload("console-axe", "canoes.md", CANOES)
    eventually(lambda: system.api.document_counts("console-axe"), lambda c: c == {"ready": 1})
    system.api.ask("How long are backups kept?", "console-axe")
    page.goto(f"{system.api.url}/?knowledge_base=console-axe")
    page.fill("#question", "How long are backups kept?")
    page.press("#question", "Enter")
    expect(page.locator(".answer-text.declined")).to_be_visible()
    problems: list[str] = []
    for view in VIEWS:
        page.goto(f"{system.api.url}/?knowledge_base=console-axe#/{view}")
        expect(page.locator(f"[data-view={view}] .loading")).to_have_count(0)
        if view == "keys":
            page.click("#new-key")
        if view == "unanswered":
            page.locator(".to-label button").first.click()
            expect(page.locator(".label-form")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 320, view
        problems += [f"{view}: {found}" for found in violations(page, "html")]
    context.close()
    assert problems == []
