"""How an answer differs from the one that counts as right."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from footnote.domain.answer import AnswerStatus
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.golden import Change, Golden, GoldenAnswer, GoldenCitation, word_diff

CITED = GoldenCitation(document_id="d", key="help/a.md", quote="thirty days")
BASELINE = GoldenAnswer(
    status=AnswerStatus.ANSWERED,
    text="Backups stay for Thirty\n days. [1]",
    citations=(CITED,),
    passages=("aa",),
    model="m",
)
GOLDEN = Golden(
    golden_id="g",
    kb=KnowledgeBaseId("help"),
    question="How long?",
    expected="thirty days",
    filter=None,
    top_k=8,
    created_at=datetime(2026, 11, 28, tzinfo=UTC),
    baseline=BASELINE,
)


@pytest.mark.parametrize(
    ("changed", "changes"),
    [
        ({}, ()),
        ({"passages": ("bb",)}, ()),
        ({"text": "They stay for thirty days. [1]"}, ("text",)),
        ({"citations": (replace(CITED, key="help/b.md"),)}, ("citations",)),
        ({"text": "Sixty days. [1]"}, ("expected_lost", "text")),
        (
            {"text": "No.", "citations": (), "status": AnswerStatus.DECLINED},
            ("expected_lost", "declined", "citations", "text"),
        ),
    ],
)
def test_what_changed_is_told_worst_first(
    changed: dict[str, object], changes: tuple[str, ...]
) -> None:
    current = replace(BASELINE, **changed)  # type: ignore[arg-type]
    assert replace(GOLDEN, current=current).changes() == tuple(map(Change, changes))


def test_expected_words_are_found_whatever_their_case_and_spaces() -> None:
    assert GOLDEN.holds_expected is True
    assert replace(GOLDEN, expected="sixty days").holds_expected is False
    assert replace(GOLDEN, expected=None).holds_expected is None
    assert replace(GOLDEN, baseline=None).holds_expected is None


def test_texts_are_compared_word_by_word() -> None:
    runs = word_diff("kept for thirty days here", "kept for sixty long days")
    assert [(run.op, run.text) for run in runs] == [
        ("kept", "kept for"),
        ("removed", "thirty"),
        ("added", "sixty long"),
        ("kept", "days"),
        ("removed", "here"),
    ]
