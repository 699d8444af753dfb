"""Golden questions: what a knowledge base is to answer, and how an answer differs from before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from footnote.domain.answer import AnswerStatus
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.filter import Filter

MOST_GOLDEN = 200


class Change(StrEnum):
    """In what an answer differs from the baseline."""

    DECLINED = "declined"  # it was answered before
    ANSWERED = "answered"  # it was declined before
    CITATIONS = "citations"  # it rests on other quotes
    TEXT = "text"  # it is in other words
    EXPECTED_LOST = "expected_lost"  # it holds the expected words no longer


class WordOp(StrEnum):
    """What became of a run of words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRun:
    """Words that follow one another."""

    op: WordOp
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenCitation:
    """A quote that an answer rests on."""

    document_id: str
    key: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenAnswer:
    """What was answered, from which passages: their content hashes, best first."""

    status: AnswerStatus
    text: str
    citations: tuple[GoldenCitation, ...]
    passages: tuple[str, ...]
    model: str
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """A question, the answer that counts as right, and the last one where it was asked again."""

    golden_id: str
    kb: KnowledgeBaseId
    question: str
    expected: str | None
    filter: Filter | None
    top_k: int
    created_at: datetime
    baseline: GoldenAnswer | None = None
    current: GoldenAnswer | None = None

    @property
    def latest(self) -> GoldenAnswer | None:
        """What was answered last."""
        return self.current or self.baseline

    @property
    def holds_expected(self) -> bool | None:
        """Whether the last answer holds the expected words; None where nothing tells."""
        if self.expected is None or self.latest is None:
            return None
        return _holds(self.latest, self.expected)

    def changes(self) -> tuple[Change, ...]:
        """In what the last answer differs from the baseline, in the order of how bad it is."""
        if self.baseline is None or self.current is None:
            return ()
        return tuple(_changes(self.baseline, self.current, self.expected))

    def words(self) -> tuple[WordRun, ...]:
        """The baseline's text and the last one's, word by word; nothing where they are the same."""
        if self.baseline is None or self.current is None or self.baseline.text == self.current.text:
            return ()
        return tuple(word_diff(self.baseline.text, self.current.text))


def word_diff(before: str, after: str) -> Iterator[WordRun]:
    """What of a text stayed, went and came, in the order of reading."""
    old, new = before.split(), after.split()
    for op, start, end, begin, behind in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if op == "equal":
            yield WordRun(op=WordOp.KEPT, text=" ".join(old[start:end]))
            continue
        if end > start:
            yield WordRun(op=WordOp.REMOVED, text=" ".join(old[start:end]))
        if behind > begin:
            yield WordRun(op=WordOp.ADDED, text=" ".join(new[begin:behind]))


def _changes(before: GoldenAnswer, after: GoldenAnswer, expected: str | None) -> Iterator[Change]:
    if expected is not None and _holds(before, expected) and not _holds(after, expected):
        yield Change.EXPECTED_LOST
    if before.status is not after.status:
        declined = after.status is AnswerStatus.DECLINED
        yield Change.DECLINED if declined else Change.ANSWERED
    if set(before.citations) != set(after.citations):
        yield Change.CITATIONS
    if before.text != after.text:
        yield Change.TEXT


def _holds(answer: GoldenAnswer, expected: str) -> bool:
    """Without regard to case, spaces and line ends."""
    return _plain(expected) in _plain(answer.text)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
