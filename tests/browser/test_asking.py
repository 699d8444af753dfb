"""Asking on the page, as a person does: the stream is the test's own, the page is the real one."""

import json
import shlex
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.running_system import System

pytestmark = pytest.mark.browser

# Stands in the way of the one route, so that the test decides when what is told.
STREAM = """
const { fetch } = window;
const encoder = new TextEncoder();
window.asked = [];
window.fetch = (address, options) => {
  if (!String(address).endsWith("/v1/ask/stream")) return fetch(address, options);
  window.asked.push(JSON.parse(options.body));
  const body = new ReadableStream({
    start(stream) {
      window.tell = (text) => stream.enqueue(encoder.encode(text));
      window.cut = () => stream.close();
      options.signal.addEventListener("abort", () => stream.error(options.signal.reason));
    },
  });
  return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
};
"""
CITATION: dict[str, Any] = {
    "marker": 1,
    "status": "verified",
    "document_id": "kb.1",
    "key": "kb/a.md",
    "version_id": "v1",
    "title": "Guide",
    "url": "https://docs.example/guide",
    "page": 2,
    "heading_path": ["Backups"],
    "quote": "Backups are kept for\nthirty days.",
    "start": 0,
    "end": 30,
}
PASSAGE: dict[str, Any] = {
    "rank": 1,
    "score": 0.9,
    "relevance": None,
    "shares": {"meaning": 0.3, "words": 0.5, "document": 0.1},
    "cosine": 0.7,
    "bm25": 12.0,
    "document_id": "kb.1",
    "key": "kb/a.md",
    "version_id": "v1",
    "title": "Guide",
    "url": None,
    "page": 2,
    "heading_path": ["Backups"],
    "text": "Backups are kept for\nthirty days. So are logs.",
}
FOUND: dict[str, Any] = {
    "passages": [PASSAGE, PASSAGE | {"rank": 2, "score": 0.2, "text": "Other words."}],
    "conversation_id": "c1",
    "question": "How long?",
    "in_corpus": 0.93,
}
REPLY: dict[str, Any] = {
    "question_id": "q",
    "conversation_id": "c1",
    "status": "answered",
    "answer": "Kept for thirty days. [1]",
    "citations": [CITATION],
    "in_corpus": 0.9,
    "removed": [],
    "truncated": False,
    "model": "small",
    "checkpoint": None,
    "fallback": None,
    "cached": False,
    "degraded": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
    "cost_usd": None,
    "index_as_of": "2026-11-25T12:00:00Z",
    "timings_ms": {},
}


class Asking:
    """The page while a question is answered."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def ask(self, question: str = "How long?") -> None:
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")

    def tell(self, name: str, **content: Any) -> None:
        event = f"event: {name}\ndata: {json.dumps(content)}\n\n"
        # In two halves: where a part ends says nothing.
        for half in (event[:9], event[9:]):
            self.page.evaluate("text => window.tell(text)", half)

    def done(self, **changes: Any) -> None:
        reply = REPLY | changes
        self.tell("token", sentence=0, text=reply["answer"])
        self.tell("citations", citations=reply["citations"])
        self.tell("done", **reply)

    @property
    def answer(self) -> Locator:
        return self.page.locator(".turn:last-child .answer")

    @property
    def text(self) -> Locator:
        return self.page.locator(".turn:last-child .answer-text")


@pytest.fixture
def asking(page: Page, system: System) -> Asking:
    page.add_init_script(STREAM)
    page.goto(f"{system.api.url}/?knowledge_base=kb-asking")
    return Asking(page)


def test_words_are_shown_as_they_come_and_marked_until_they_are_checked(asking: Asking) -> None:
    asking.ask()
    expect(asking.answer).to_have_attribute("aria-busy", "true")
    asking.tell("passages", passages=[], conversation_id="c1", question="How long?")
    asking.tell("token", sentence=0, text="Backups are kept")
    expect(asking.text.locator(".unchecked")).to_have_text("Backups are kept")
    asking.tell("token", sentence=0, text=" for thirty days. [1]")
    expect(asking.text).to_have_text("Backups are kept for thirty days. 1")
    expect(asking.text.locator(".unchecked")).to_have_count(0)


def test_what_is_taken_back_is_gone(asking: Asking) -> None:
    asking.ask()
    asking.tell("token", sentence=0, text="Kept for thirty days. [1]")
    asking.tell("token", sentence=1, text=" They are kept for ever.")
    expect(asking.text).to_contain_text("for ever")
    asking.tell("retract", sentence=1, reason="negation")
    expect(asking.text).to_have_text("Kept for thirty days. 1")
    asking.tell("retract", sentence=0, reason="unavailable")
    expect(asking.text).to_have_text("")


def test_a_marker_opens_the_quote_with_its_place_and_its_link(asking: Asking) -> None:
    asking.ask()
    asking.done()
    expect(asking.answer).to_have_attribute("aria-busy", "false")
    asking.text.get_by_role("button", name="Show source 1").click()
    card = asking.answer.locator(".citation")
    expect(card).to_have_attribute("open", "")
    expect(card.locator("blockquote")).to_have_text("Backups are kept for thirty days.")
    expect(card).to_contain_text("page 2")
    expect(card.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")


def test_only_the_number_of_a_source_becomes_a_marker(asking: Asking) -> None:
    asking.ask()
    asking.done(answer="Read a[0] and [7] of list[1]. [1]")
    expect(asking.text).to_have_text("Read a[0] and [7] of list[1]. 1")
    expect(asking.text.locator(".marker")).to_have_count(1)


def test_lists_code_and_bold_are_laid_out(asking: Asking) -> None:
    asking.ask()
    asking.done(answer="- **One** `kept`. [1]\n- Two. [1]\n\n```\nrun <b>\n```\n [1]")
    expect(asking.text.locator("li")).to_have_count(2)
    expect(asking.text.locator("strong")).to_have_text("One")
    expect(asking.text.locator("pre code")).to_have_text("run <b>")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"citations": [CITATION | {"status": "unverified"}]}, "in other words"),
        ({"removed": ["number", "number"]}, "2 sentences were left out"),
        ({"removed": ["uncited"]}, "1 sentence was left out"),
        ({"truncated": True}, "cut off"),
        ({"cached": True}, "answered before"),
        ({"degraded": "words_only"}, "searched by words alone"),
        ({"model": "extractive", "fallback": None}, "no language model is connected"),
        ({"model": "extractive", "fallback": "refused"}, "the language model could not answer"),
        ({"model": "large"}, "large"),
    ],
)
def test_how_the_answer_came_about_is_told(
    asking: Asking, changes: dict[str, Any], words: str
) -> None:
    asking.ask()
    asking.done(**changes)
    expect(asking.answer).to_contain_text(words)


def test_why_sentences_were_left_out_can_be_read(asking: Asking) -> None:
    asking.ask()
    asking.done(removed=["number", "name", "number"])
    asking.answer.get_by_text("3 sentences were left out").click()
    expect(asking.answer).to_contain_text("2 had a number that its quote does not hold")


def test_a_decline_looks_like_one(asking: Asking) -> None:
    asking.ask()
    said = {"status": "declined", "answer": "The documents do not say.", "citations": []}
    asking.done(**said, model="none")
    expect(asking.text).to_have_text("The documents do not say.")
    expect(asking.answer.locator(".answer-text.declined")).to_be_visible()


def test_an_error_and_a_stream_that_breaks_off_leave_only_what_was_checked(asking: Asking) -> None:
    asking.ask()
    asking.tell("token", sentence=0, text="Kept for thirty days. [1]")
    asking.tell("token", sentence=1, text=" And then")
    asking.tell("error", error={"code": "unavailable", "message": "It is away.", "request_id": ""})
    expect(asking.answer.get_by_role("alert")).to_have_text("It is away.")
    expect(asking.text).to_have_text("Kept for thirty days. [1]")
    asking.ask("And now?")
    asking.tell("token", sentence=0, text="Lost words")
    asking.page.evaluate("window.cut()")
    expect(asking.answer.get_by_role("alert")).to_have_text("The answer broke off. Ask again.")
    expect(asking.text).to_have_text("")


def test_an_answer_can_be_stopped(asking: Asking) -> None:
    asking.ask()
    asking.tell("token", sentence=0, text="Backups are")
    asking.page.click("#ask-button")
    expect(asking.answer).to_contain_text("Stopped before the answer was complete.")
    expect(asking.page.locator("#ask-button")).to_have_text("Ask")


def test_a_follow_up_goes_on_with_the_conversation_until_a_new_one_begins(asking: Asking) -> None:
    asking.ask("How long?")
    asking.tell("passages", passages=[], conversation_id="c1", question="How long?")
    asking.done()
    asking.ask("And how often?")
    asking.tell("passages", passages=[], conversation_id="c1", question="How long?")
    asking.done()
    expect(asking.page.locator(".turn")).to_have_count(2)
    asking.page.click("#new-conversation")
    expect(asking.page.locator(".turn")).to_have_count(0)
    asking.ask("Something else?")
    asked = asking.page.evaluate("window.asked.map((body) => body.conversation_id)")
    assert asked == [None, "c1", None]


def test_what_a_follow_up_was_understood_as_is_told(asking: Asking) -> None:
    asking.ask("And in America?")
    understood = "And in America? (kept backups)"
    asking.tell("passages", passages=[], conversation_id="c1", question=understood)
    expect(asking.answer).to_contain_text(f"Understood as: {understood}")
    asking.done()
    expect(asking.answer).to_contain_text(f"Understood as: {understood}")
    asking.ask("How long?")
    asking.tell("passages", passages=[], conversation_id="c1", question="How long?")
    asking.done()
    expect(asking.answer).not_to_contain_text("Understood as")


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("kept for\n  thirty days", "kept for thirty days"),
        ("kept:\n- one\n- two\n  three", "kept:\n- one\n- two three"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("run\n```\na\nb\n```\nand\nthen", "run\n```\na\nb\n```\nand then"),
        ("```\na\nb", "```\na\nb"),
        ("| a |\n| b |", "| a |\n| b |"),
    ],
)
def test_lines_that_an_editor_broke_are_one_in_a_quote(
    asking: Asking, quote: str, shown: str
) -> None:
    asking.ask()
    asking.done(citations=[CITATION | {"quote": quote}])
    asking.text.get_by_role("button").click()
    assert asking.answer.locator("blockquote").inner_text() == shown


HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>[x](javascript:1)'


def test_nothing_that_is_told_becomes_more_than_text(asking: Asking) -> None:
    asking.ask(HOSTILE)
    asking.tell("token", sentence=0, text=HOSTILE)
    expect(asking.text).to_have_text(HOSTILE)
    asking.tell("retract", sentence=0, reason="unsafe")
    evil = CITATION | {"title": HOSTILE, "quote": HOSTILE, "url": "javascript:alert(1)"}
    asking.done(answer=f"{HOSTILE} [1]", citations=[evil], model=HOSTILE)
    expect(asking.answer).to_contain_text("<img src=x")
    assert asking.page.title() == "Footnote"
    assert asking.page.locator(".turn :is(img, script, a)").count() == 0


def test_what_was_found_is_beside_the_answer_with_what_its_score_is_made_of(asking: Asking) -> None:
    asking.ask()
    asking.tell("passages", **FOUND)
    passages = asking.page.locator(".passage")
    expect(passages).to_have_count(2)
    expect(passages.first).to_contain_text("score 0.90")
    expect(passages.first.locator(".made")).to_have_text(
        "words 0.50meaning 0.30document 0.10page 2"
    )
    asking.done()
    # The passage that the answer rests on has its number.
    expect(passages.first.locator(".marker")).to_have_text("1")
    expect(passages.nth(1).locator(".marker")).to_have_count(0)


def test_how_it_was_answered_is_told_in_figures(asking: Asking) -> None:
    asking.ask()
    asking.tell("passages", **FOUND)
    trace = asking.page.locator("#trace")
    expect(trace).to_contain_text("93%")
    asking.done(
        in_corpus=0.93,
        timings_ms={"retrieval": 20.4, "answer": 1200.0, "total": 1220.4},
        usage={"input_tokens": 2100, "output_tokens": 80},
        cost_usd=0.00042,
        cached=True,
        checkpoint="2026-11-01",
    )
    for words in ("20 ms", "1.2 s", "1.22 s", "2,100 read, 80 written", "$0.00042", "kept answer"):
        expect(trace).to_contain_text(words)
    expect(trace).to_contain_text("small, 2026-11-01")


def test_the_passages_of_an_earlier_question_are_shown_again(asking: Asking) -> None:
    asking.ask("How long?")
    asking.tell("passages", **FOUND)
    asking.done()
    asking.ask("And logs?")
    asking.tell("passages", **FOUND | {"passages": []})
    asking.done()
    expect(asking.page.locator(".passage")).to_have_count(0)
    asking.page.locator(".turn").first.get_by_role("button", name="Show its passages").click()
    expect(asking.page.locator(".passage")).to_have_count(2)


def test_options_go_with_the_question_and_into_the_command_that_does_the_same(
    asking: Asking,
) -> None:
    asking.page.get_by_text("Options").click()
    asking.page.get_by_role("spinbutton", name="Passages").fill("3")
    asking.page.get_by_label("Filter").fill("product=router, year>=2025, language!=de")
    asking.page.evaluate("navigator.clipboard.writeText = async (text) => (window.copied = text)")
    asking.ask("What's new?")
    asking.tell("passages", **FOUND)
    wanted = {
        "top_k": 3,
        "filter": {
            "and": [
                {"equals": {"key": "product", "value": "router"}},
                {"range": {"key": "year", "gte": 2025}},
                {"not": {"equals": {"key": "language", "value": "de"}}},
            ]
        },
    }
    (asked,) = asking.page.evaluate("window.asked")
    assert {name: asked[name] for name in wanted} == wanted
    asking.page.get_by_role("button", name="Copy as curl").click()
    expect(asking.page.locator("#said")).to_have_text("Copied")
    program, *words = shlex.split(asking.page.evaluate("window.copied"))
    assert (program, words[1].endswith("/v1/ask")) == ("curl", True)
    sent = json.loads(words[words.index("-d") + 1])
    assert sent == {"question": "What's new?", "knowledge_base": "kb-asking", **wanted}


def test_a_filter_that_cannot_be_read_is_refused_where_it_stands(asking: Asking) -> None:
    asking.page.get_by_text("Options").click()
    asking.page.get_by_label("Filter").fill("product router")
    asking.ask()
    expect(asking.page.locator("#filter-failure")).to_contain_text("“product router”")
    expect(asking.page.locator(".turn")).to_have_count(0)
    expect(asking.page.locator("#question")).to_have_value("How long?")


def test_a_question_that_failed_is_asked_again(asking: Asking) -> None:
    asking.ask()
    asking.tell("error", error={"code": "unavailable", "message": "It is away.", "request_id": ""})
    asking.answer.get_by_role("button", name="Ask again").click()
    expect(asking.page.locator(".turn")).to_have_count(2)
    asking.done()
    expect(asking.text).to_have_text("Kept for thirty days. 1")


def test_an_empty_knowledge_base_says_where_to_begin(asking: Asking) -> None:
    hint = asking.page.locator("#ask-empty")
    expect(hint).to_contain_text("Nothing is in kb-asking yet.")
    hint.get_by_role("link", name="Add documents").click()
    expect(asking.page).to_have_title("Documents · Footnote")
