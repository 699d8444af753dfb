"""Edits of documents: which answers they change, and who still tells the old one."""

from dataclasses import replace
from pathlib import Path

import pytest

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.edits import Edit, aged, read_edits
from footnote.evaluation.staleness import Staleness, staleness, still_said_in
from tests.outcomes import BACKUPS, found, outcome, passage, question, said

EDIT = Edit(document="a.md", old="thirty", new="ninety")


def test_an_answer_that_holds_the_old_words_becomes_the_old_answer() -> None:
    untouched, elsewhere = replace(question("q2"), answers=("yes",)), question("q3", gold=("b.md",))
    (one,) = aged([question(), untouched, elsewhere], [EDIT])
    assert (one.question_id, one.answers, one.old_answers) == (
        "q1", ("ninety days",), ("thirty days",),
    )  # fmt: skip
    assert one.gold_texts == (BACKUPS.replace("thirty", "ninety"),)


def test_a_question_that_has_old_answers_stays_as_it_is() -> None:
    prepared = replace(question(), answers=("a quarter",), old_answers=("a month",))
    assert aged([prepared], [Edit(document="a.md", edited=Path("new.pdf"))]) == [prepared]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (Edit(document="b.md", old="thirty", new="ninety"), "no question is about"),
        (Edit(document="a.md", old="forty", new="ninety"), "no question is about"),
        (Edit(document="a.md", old="thirty", new="a hundred and thirty"), "holds an old one"),
    ],
)
def test_where_nothing_could_be_told_that_is_said(edit: Edit, why: str) -> None:
    with pytest.raises(UnprocessableError, match=why):
        aged([question()], [edit])


def test_edits_are_words_or_a_file_beside_them(tmp_path: Path) -> None:
    (tmp_path / "new.pdf").write_bytes(b"%PDF")
    path = tmp_path / "edits.csv"
    path.write_text("document,old,new,edited\na.md,thirty,ninety,\nb.pdf,,,new.pdf\n")
    assert read_edits(path) == [EDIT, Edit(document="b.pdf", edited=tmp_path / "new.pdf")]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"document": "a.md", "old": "x"}', "line 1: needs `old` and `new`"),
        ('{"document": "a.md", "old": "x", "new": "y", "edited": "z"}', "line 1: needs"),
        ('{"document": "a.md", "edited": "none.md"}', "line 1: there is no file"),
        ('{"old": "x", "new": "y"}', "line 1: document"),
        ("", "it is empty"),
    ],
)
def test_what_is_no_edit_is_told_with_its_line(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "edits.jsonl"
    path.write_text(line)
    with pytest.raises(UnprocessableError, match=why):
        read_edits(path)


def test_documents_that_still_hold_the_old_answer_are_named() -> None:
    asked = [
        replace(question(f"q{n}"), answers=("ninety days",), old_answers=("thirty days",))
        for n in range(2)
    ]
    there = outcome(asked[0], found("a.md", "b.md"))  # each passage says thirty days
    fresh = replace(found("a.md"), passages=(passage("a.md", "kept for ninety days"),))
    assert still_said_in([there, outcome(asked[1], fresh)]) == {"a.md": 1, "b.md": 1}
    assert still_said_in([outcome(asked[0], reply=said("thirty days"))]) == {}


def test_every_answer_is_counted_once() -> None:
    asked = [
        replace(question(f"q{n}"), answers=("ninety days",), old_answers=("thirty days",))
        for n in range(6)
    ]
    old, new, other = said("thirty days"), said("ninety days"), said("some days")
    before = [old, old, old, old, other, old]
    after = [old, new, other, said(None), old, None]
    told = staleness(
        [outcome(one, reply=reply) for one, reply in zip(asked, before, strict=True)],
        [outcome(one, reply=reply) for one, reply in zip(asked, after, strict=True)],
    )
    assert told == Staleness(questions=5, before=4, still=1, anew=1, new=1, declined=1, neither=1)
    assert told.stale == 2
