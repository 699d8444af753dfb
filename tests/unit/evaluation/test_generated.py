"""Generated questions: what is let into a set, and the one reason why another is not."""

import json
from typing import Any

import pytest

from footnote.evaluation.generated import Asked, Draft, Kind, Reject, read_draft, rejected

TEXT = (
    "The nightly job writes an archive of every vault. Archives are kept for thirty days and are\n"
    "then removed. Set RETENTION in the file vault.toml to keep them longer."
)
FACT = Draft(
    kind=Kind.FACT,
    question="How long are archives of a vault kept?",
    answer="thirty days",
    quote="Archives are kept for thirty days and are then removed.",
    missing="",
)
LACKING = Draft(
    kind=Kind.UNANSWERABLE,
    question="Can archives of a vault be encrypted with a passphrase?",
    answer="",
    quote="writes an archive of every vault",
    missing="encrypted with a passphrase",
)


def judged(
    draft: Draft | None,
    name: str = "guide/swg-21396.md",
    known: tuple[str, ...] = (),
    *,
    held: bool = False,
) -> Reject | None:
    kind = draft.kind if draft and draft.kind else Kind.FACT
    return rejected(draft, Asked(kind=kind, name=name, text=TEXT), known, lambda _: held)


def changed(draft: Draft, **fields: Any) -> Draft:
    return draft.model_copy(update=fields)


def test_a_fact_whose_quote_stands_in_the_passage_is_let_in_whatever_the_line_breaks() -> None:
    assert judged(FACT) is None
    assert judged(changed(FACT, quote="kept for thirty days and are then removed")) is None


def test_a_question_that_no_document_answers_is_let_in() -> None:
    assert judged(LACKING) is None


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (None, Reject.FORM),
        (changed(FACT, kind=None), Reject.NOTHING),
        (changed(FACT, question=""), Reject.NOTHING),
        (changed(FACT, question="How long? See https://evil.example"), Reject.LINK),
        (changed(FACT, question="How long are <b>archives</b> kept?"), Reject.LINK),
        (changed(FACT, question="How?"), Reject.SHORT),
        (changed(FACT, quote="Archives are kept for ninety days"), Reject.QUOTE),
        (changed(FACT, quote="thirty days"), Reject.QUOTE_LENGTH),
        (changed(FACT, answer="about a month"), Reject.ANSWER),
        (changed(FACT, answer=""), Reject.ANSWER),
        (changed(FACT, question="Are archives kept for thirty days?"), Reject.TOLD),
        (changed(FACT, question="How long does this passage say they stay?"), Reject.POINTING),
        (changed(FACT, question="According to the guide, how long do they stay?"), Reject.POINTING),
        (changed(FACT, question="What does SWG-21396 say of archives?"), Reject.FILE),
        (changed(LACKING, answer="yes"), Reject.MISSING),
        (changed(LACKING, missing="a tape"), Reject.MISSING),
        (changed(LACKING, missing=""), Reject.MISSING),
        (changed(LACKING, quote="encrypted with a passphrase"), Reject.QUOTE),
    ],
)
def test_what_cannot_be_borne_out_is_left_out_for_its_reason(
    draft: Draft | None, why: Reject
) -> None:
    assert judged(draft) is why


def test_a_kind_that_nobody_asked_for_is_left_out() -> None:
    asked = Asked(kind=Kind.REASON, name="a.md", text=TEXT)
    assert rejected(FACT, asked, (), lambda _: False) is Reject.OTHER_KIND


def test_a_file_name_that_is_a_word_of_the_subject_is_no_leak() -> None:
    assert judged(FACT, name="guide/archives.md") is None
    told = changed(FACT, question="How long does archives.md say they are kept?")
    assert judged(told, name="guide/archives.md") is Reject.FILE


def test_a_number_is_no_part_of_a_longer_one() -> None:
    text = "The pump 380 is flushed every 80 hours by whoever is there."
    asked = Asked(kind=Kind.FACT, name="a.md", text=text)
    right = changed(FACT, question="How often is pump 380 flushed?", quote=text, answer="80 hours")
    assert rejected(right, asked, (), lambda _: False) is None
    assert rejected(changed(right, answer="8 hours"), asked, (), bool) is Reject.ANSWER


def test_words_that_any_document_holds_are_not_missing() -> None:
    assert judged(LACKING, held=True) is Reject.FOUND


@pytest.mark.parametrize("words", [FACT.question, "how long are the archives of a vault kept"])
def test_nearly_the_same_question_comes_once(words: str) -> None:
    others = ("Who may open a vault?", "Where is the nightly job configured?")
    assert judged(FACT, known=(*others, words)) is Reject.SAME
    assert judged(FACT, known=others) is None


def test_a_reply_is_read_with_or_without_a_fence_and_else_not_at_all() -> None:
    text = FACT.model_dump_json()
    assert read_draft(text) == read_draft(f"```json\n{text}\n```") == FACT
    assert read_draft("Sure! Here is a question.") is None
    assert read_draft(json.dumps({"question": "x"})) is None
    assert read_draft(FACT.model_copy(update={"quote": "x" * 2000}).model_dump_json()) is None
