"""The widget on a page of somebody else's: asking, states, and what the page is told."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.widget_talk import CITATION, DECLINE, Talk, script_line

pytestmark = pytest.mark.browser


def test_nothing_but_the_script_is_loaded_until_somebody_asks(talk: Talk) -> None:
    wanted: list[str] = []
    talk.page.on("request", lambda request: wanted.append(request.url))
    talk.visit().open()
    expect(talk.field).to_be_focused()
    assert wanted == [f"{talk.site.origin}/", f"{talk.api.origin}/widget.js"]
    assert talk.page.evaluate("window.asked") == []


def test_an_answer_is_shown_as_it_comes_and_read_out_once_it_is_whole(talk: Talk) -> None:
    talk.visit().open().ask()
    expect(talk.said).to_have_text("Searching the documents")
    talk.tell("passages", passages=[], conversation_id="c1", question="How long?")
    talk.tell("token", sentence=0, text="Kept for")
    expect(talk.turn.locator(".unchecked")).to_have_text("Kept for")
    expect(talk.said).to_have_text("Searching the documents")
    talk.tell("retract", sentence=0, reason="number")
    expect(talk.turn.locator(".answer-text")).to_have_text("")
    talk.done()
    expect(talk.turn.locator(".answer-text")).to_have_text("Kept for thirty days. 1")
    expect(talk.said).to_have_text("Answer: Kept for thirty days. 1")
    address, body, headers = talk.page.evaluate("window.asked[0]")
    assert address == f"{talk.api.origin}/v1/ask/stream"
    assert body["question"] == "How long?"
    assert (body["knowledge_base"], body["conversation_id"]) == ("help", None)
    assert headers["Authorization"] == "Bearer pk_test"


def test_a_marker_opens_the_quote_with_its_place_and_its_link(talk: Talk) -> None:
    talk.visit().open().ask()
    talk.done()
    talk.turn.get_by_role("button", name="Show source 1").click()
    card = talk.turn.locator(".citation")
    expect(card).to_have_attribute("open", "")
    expect(card.locator("blockquote")).to_have_text("Backups are kept for thirty days.")
    expect(card).to_contain_text("page 2")
    expect(card).to_contain_text("Backups \u203a Retention")
    link = card.get_by_role("link", name="Open the document")
    expect(link).to_have_attribute("href", "https://docs.example/guide")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert talk.focused() == "SUMMARY"


def test_a_follow_up_goes_on_with_the_conversation_also_on_the_next_page(talk: Talk) -> None:
    talk.visit().open().ask()
    talk.tell("passages", passages=[], conversation_id="c1", question="How long?")
    talk.done()
    talk.visit("/next")
    expect(talk.panel).to_be_visible()
    assert talk.focused() == "BODY"
    expect(talk.turn.locator(".answer-text")).to_have_text("Kept for thirty days. 1")
    talk.ask("And in America?")
    assert talk.page.evaluate("window.asked[0][1].conversation_id") == "c1"
    talk.done(**DECLINE)
    talk.widget.get_by_role("button", name="New conversation").click()
    expect(talk.widget.locator(".turn")).to_have_count(0)
    talk.ask("Else?")
    assert talk.page.evaluate("window.asked[1][1].conversation_id") is None


def test_what_is_not_to_be_remembered_is_gone_with_the_page(talk: Talk) -> None:
    talk.visit(remember="off").open().ask()
    talk.done()
    talk.visit("/next", remember="off")
    expect(talk.panel).to_be_hidden()
    expect(talk.widget.locator(".turn")).to_have_count(0)
    assert talk.page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("kept", ["null", "[7]", '{"turns": 7}', '{"turns": [{"reply": {}}]}', "{"])
def test_what_another_script_wrote_in_the_memory_does_no_harm(talk: Talk, kept: str) -> None:
    talk.visit()
    name = f"footnote {talk.api.origin}/ pk_test help"
    talk.page.evaluate("([name, kept]) => sessionStorage.setItem(name, kept)", [name, kept])
    talk.visit().open().ask()
    talk.done()
    expect(talk.widget.locator(".turn")).to_have_count(1)


def test_thumbs_are_sent_and_a_correction_with_them(talk: Talk) -> None:
    talk.visit().open().ask()
    talk.done()
    down = talk.turn.get_by_role("button", name="Not helpful")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    field = talk.turn.get_by_label("What should the answer have been?")
    expect(field).to_be_focused()
    field.fill("Sixty days.")
    talk.turn.get_by_role("button", name="Send").click()
    expect(talk.turn.locator(".said")).to_have_text("Thank you.")
    sent = [body for _, body, _ in talk.page.evaluate("window.asked")][1:]
    vote = {"question_id": "q1", "rating": "down"}
    assert sent == [vote, vote | {"correction": "Sixty days."}]


def test_a_vote_that_was_not_taken_does_not_look_as_if_it_was(talk: Talk) -> None:
    talk.visit().open().ask()
    talk.done()
    talk.refuse(503, "away")
    up = talk.turn.get_by_role("button", name="Helpful", exact=True)
    up.click()
    expect(talk.turn.locator(".said")).to_have_text("That could not be sent. Please try again.")
    expect(up).to_have_attribute("aria-pressed", "false")


def test_an_answer_is_copied_with_its_sources(talk: Talk) -> None:
    talk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    talk.visit().open().ask()
    talk.done()
    talk.turn.get_by_role("button", name="Copy the answer").click()
    expect(talk.turn.get_by_role("button", name="Copied")).to_be_visible()
    text = talk.page.evaluate("navigator.clipboard.readText()")
    assert text == "Kept for thirty days. [1]\n\n[1] Guide\nhttps://docs.example/guide"


def test_a_decline_says_what_to_do_next(talk: Talk) -> None:
    talk.visit(contact="/contact").open().ask()
    talk.done(**DECLINE)
    expect(talk.turn).to_contain_text("The documents do not say.")
    expect(talk.turn).to_contain_text("a more exact question may help")
    link = talk.turn.get_by_role("link", name="Contact us")
    expect(link).to_have_attribute("href", f"{talk.site.origin}/contact")


def test_an_error_keeps_what_was_checked_and_can_be_tried_again(talk: Talk) -> None:
    talk.visit().open().ask()
    talk.tell("token", sentence=0, text="Kept for thirty days. [1]")
    talk.tell("token", sentence=1, text=" And then")
    talk.page.evaluate("window.cut()")
    expect(talk.turn.locator(".failure")).to_contain_text("The answer broke off.")
    expect(talk.turn.locator(".answer-text")).to_have_text("Kept for thirty days. [1]")
    expect(talk.said).to_have_text("The answer broke off.")
    talk.turn.get_by_role("button", name="Try again").click()
    talk.done()
    expect(talk.turn.locator(".answer-text")).to_have_text("Kept for thirty days. 1")
    assert talk.page.evaluate("window.asked.map((one) => one[1].question)") == ["How long?"] * 2
    expect(talk.widget.locator(".turn")).to_have_count(1)


def test_an_answer_can_be_stopped(talk: Talk) -> None:
    talk.visit().open().ask()
    talk.tell("token", sentence=0, text="Kept")
    talk.widget.get_by_role("button", name="Stop").click()
    expect(talk.turn.locator(".failure")).to_contain_text("Stopped.")
    expect(talk.widget.get_by_role("button", name="Send the question")).to_be_disabled()


def test_who_asks_too_often_is_told_how_long_to_wait(talk: Talk) -> None:
    talk.visit().open()
    talk.refuse(429, "too many", Retry_After="2")
    talk.ask()
    retry = talk.turn.get_by_role("button", name="Try again")
    expect(talk.turn.locator(".failure")).to_contain_text("You can ask again in 2 seconds.")
    expect(retry).to_be_disabled()
    expect(talk.turn.locator(".failure")).to_contain_text("You can ask again now.")
    expect(retry).to_be_enabled()


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ([500, "our mistake", {}], "Something went wrong. It is not your fault."),
        ([400, "question: too long", {}], "This question cannot be taken."),
        ("down", "The answers cannot be reached just now. Your question stays here."),
    ],
)
def test_every_way_to_fail_is_told_in_words(talk: Talk, refusal: Any, words: str) -> None:
    talk.visit().open()
    talk.page.evaluate("one => window.refusals.push(one)", refusal)
    talk.ask()
    expect(talk.turn.locator(".failure")).to_contain_text(words)
    expect(talk.turn.locator(".asked")).to_have_text("How long?")


def test_offline_the_question_is_kept_until_the_connection_is_back(talk: Talk) -> None:
    talk.visit().open()
    talk.page.context.set_offline(True)
    talk.ask()
    expect(talk.turn.locator(".failure")).to_contain_text("You are offline.")
    assert talk.page.evaluate("window.asked") == []
    talk.page.context.set_offline(False)
    expect(talk.turn.locator(".failure")).to_contain_text("You are online again.")
    talk.turn.get_by_role("button", name="Try again").click()
    talk.done()
    expect(talk.turn.locator(".answer-text")).to_have_text("Kept for thirty days. 1")


def test_a_question_that_a_page_was_left_with_is_in_the_field_of_the_next(talk: Talk) -> None:
    talk.visit().open().ask("How long, please?")
    expect(talk.turn.locator(".waiting")).to_be_visible()
    talk.visit("/next")
    expect(talk.field).to_have_value("How long, please?")


def test_a_question_that_takes_the_place_of_another_is_the_one_that_is_kept(talk: Talk) -> None:
    talk.visit().open().ask("First?")
    talk.page.evaluate("document.querySelector('footnote-widget').ask('Second?')")
    expect(talk.widget.locator(".failure")).to_contain_text("Stopped.")
    talk.visit("/next")
    expect(talk.field).to_have_value("Second?")


def test_the_page_is_told_and_can_ask_itself(talk: Talk) -> None:
    talk.visit()
    talk.page.evaluate(
        """window.told = [];
        for (const name of ["opened", "answered", "rated", "closed"]) {
          addEventListener(`footnote:${name}`, (event) => told.push([name, event.detail]));
        }
        document.querySelector("footnote-widget").ask("How long?")"""
    )
    talk.done()
    talk.turn.get_by_role("button", name="Helpful", exact=True).click()
    expect(talk.turn.locator(".said")).to_be_visible()
    talk.page.evaluate("document.querySelector('footnote-widget').close()")
    expect(talk.panel).to_be_hidden()
    talk.page.wait_for_function("told.length >= 4")  # a dialog tells it a moment after
    told = talk.page.evaluate("told")
    assert [name for name, _ in told] == ["opened", "answered", "rated", "closed"]
    assert told[1][1]["question"] == "How long?"
    assert told[1][1]["citations"] == [CITATION]
    assert told[2][1] == {"question_id": "q1", "rating": "up"}


def test_a_suggestion_is_asked_and_titles_are_the_pages_own(talk: Talk) -> None:
    talk.visit(title="Ask Ada", greeting="Hello!", suggestions="How long?|Where?").open()
    expect(talk.widget.get_by_role("dialog", name="Ask Ada")).to_be_visible()
    expect(talk.panel).to_contain_text("Hello!")
    talk.panel.get_by_role("button", name="Where?").click()
    talk.done()
    expect(talk.turn.locator(".asked")).to_have_text("Where?")


@pytest.mark.parametrize("place", ["head", "body twice", "inline", "bare"])
def test_the_script_works_wherever_it_stands(talk: Talk, place: str) -> None:
    line = script_line(talk.api.origin, key="pk_test", knowledge_base="help")
    other = script_line(talk.api.origin, key="pk_other", knowledge_base="b", position="start")
    inline = '<footnote-widget data-key="pk_test" data-knowledge-base="help"></footnote-widget>'
    talk.site.pages["/"] = {
        "head": f"<!doctype html><html><head>{line}<title>T</title></head><body>x</body></html>",
        "body twice": f"<!doctype html><html lang=en><title>T</title><body>{line}{other}",
        "inline": f"<!doctype html><title>T</title>{script_line(talk.api.origin)}{inline}",
        "bare": line,
    }[place]
    talk.page.goto(talk.site.origin)
    widgets = talk.page.locator("footnote-widget")
    expect(widgets).to_have_count(2 if place == "body twice" else 1)
    for number in range(widgets.count()):
        widget = widgets.nth(number)
        if place != "inline":
            widget.locator(".launcher").click()
        widget.locator(".composer textarea").fill("How long?")
        widget.locator(".composer textarea").press("Enter")
        expect(widget.locator(".waiting")).to_be_visible()
    keys = [headers["Authorization"] for _, _, headers in talk.page.evaluate("window.asked")]
    assert sorted(keys) == sorted(["Bearer pk_test", "Bearer pk_other"][: len(keys)])
