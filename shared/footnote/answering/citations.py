"""Turns a draft into an answer: only what its passages bear out stays, marked by how far."""

from collections.abc import Sequence
from dataclasses import replace

from footnote.answering.draft import Draft, DraftSentence
from footnote.answering.locating import Located, locate
from footnote.answering.safe_text import safe_text
from footnote.answering.support import touches, verify
from footnote.answering.verbatim import find_verbatim
from footnote.domain.answer import (
    Answer,
    AnswerStatus,
    Citation,
    CitationStatus,
    RemovalReason,
)
from footnote.domain.passage import Passage
from footnote.domain.sentences import item_number

DECLINED = Answer(status=AnswerStatus.DECLINED, text="The documents do not say.", citations=())
LONGEST_SENTENCE_CHARS = 2000
LONGEST_ANSWER_CHARS = 8000
MOST_CLAIMS = 5


def cite(draft: Draft, passages: Sequence[Passage]) -> Answer:
    """The answer that the passages support, with a marker after each of its sentences.

    A sentence stays where a quote that it names stands verbatim in the passage named and nothing in
    the sentence contradicts it; where none stays, the answer is a decline.
    """
    growing = GrowingAnswer(passages)
    for sentence in draft.sentences:
        growing.add(sentence)
    return growing.answer(truncated=draft.truncated)


class GrowingAnswer:
    """An answer that takes in one sentence of a draft after the other."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._kept: list[str] = []
        self._length = 0
        self._citations: list[Citation] = []
        self._removed: list[RemovalReason] = []
        self._said: set[str] = set()
        self._items = 0
        self.is_full = False

    def __len__(self) -> int:
        """How many sentences it has."""
        return len(self._kept)

    def add(self, sentence: DraftSentence) -> str | RemovalReason | None:
        """What the sentence adds to the text, or why it adds nothing.

        None where it was said before, or the answer is as long as one may be.
        """
        if self.is_full:
            return None
        number, sentence = self._numbered(sentence)
        checked = _checked(sentence, self._passages)
        if isinstance(checked, RemovalReason):
            self._removed.append(checked)
            return checked
        text, found = checked
        # A model that repeats itself says nothing new.
        if text in self._said:
            return None
        self._said.add(text)
        if self._length + len(text) > LONGEST_ANSWER_CHARS:
            self.is_full = True
            return None
        return self._keep(number + text, found, sentence.gap if self._kept else "")

    def answer(self, *, truncated: bool) -> Answer:
        """All of it; a decline where nothing was kept."""
        removed, truncated = tuple(self._removed), truncated or self.is_full
        if not self._kept:
            return replace(DECLINED, removed=removed, truncated=truncated)
        return Answer(
            status=AnswerStatus.ANSWERED,
            text="".join(self._kept),
            citations=tuple(self._citations),
            removed=removed,
            truncated=truncated,
        )

    def _numbered(self, sentence: DraftSentence) -> tuple[str, DraftSentence]:
        """The number of a list's item apart: no document tells it, and as a count it tells nothing.

        Any other number is checked as part of the sentence.
        """
        item = item_number(sentence.text) if "\n" in sentence.gap or not self._items else None
        if item is None or item[0] not in {1, self._items + 1}:
            return "", sentence
        self._items, end = item
        return sentence.text[:end], replace(sentence, text=sentence.text[end:])

    def _keep(self, text: str, found: Sequence[Citation], gap: str) -> str:
        markers = dict.fromkeys(_marker(citation, self._citations) for citation in found)
        kept = gap + text + "".join(f" [{marker}]" for marker in markers)
        self._kept.append(kept)
        self._length += len(kept)
        return kept


def _checked(
    sentence: DraftSentence, passages: Sequence[Passage]
) -> tuple[str, list[Citation]] | RemovalReason:
    """The sentence as it may be shown with its citations, or why it may not."""
    if not sentence.claims:
        return RemovalReason.UNCITED
    if len(sentence.text) > LONGEST_SENTENCE_CHARS:
        return RemovalReason.TOO_LONG
    claims = [claim for claim in sentence.claims if 1 <= claim.number <= len(passages)]
    if not claims:
        return RemovalReason.UNKNOWN_PASSAGE
    located = [
        found
        for claim in claims[:MOST_CLAIMS]
        if (found := locate(claim, passages[claim.number - 1], sentence.text)) is not None
    ]
    if not located:
        return RemovalReason.NOT_VERBATIM
    text = safe_text(sentence.text, [source.quote for _, source in located])
    if text is None:
        return RemovalReason.UNSAFE
    return _cited_code(text, located) if sentence.is_code else _cited(text, located)


def _cited(text: str, located: Sequence[Located]) -> tuple[str, list[Citation]] | RemovalReason:
    """All quotes together must not contradict; each that bears the sentence out alone does so."""
    together = verify(text, [source for _, source in located])
    if together.reason is not None:
        return together.reason
    if len(located) == 1:
        alone = [together.verified]
    else:
        alone = [verify(text, [source]).verified for _, source in located]
    found = [
        _with_status(citation, verified=each or (together.verified and not any(alone)))
        for (citation, source), each in zip(located, alone, strict=True)
        if each or touches(text, source)
    ]
    return text, found


def _cited_code(
    text: str, located: Sequence[Located]
) -> tuple[str, list[Citation]] | RemovalReason:
    """Code is never put in other words: each of its lines stands verbatim in a quote."""
    lines = [line for line in text.split("\n")[1:-1] if line.strip()]
    for citation, source in located:
        if lines and all(find_verbatim(line, source.quote) is not None for line in lines):
            return f"{text}\n", [_with_status(citation, verified=True)]
    return RemovalReason.UNANCHORED


def _with_status(citation: Citation, *, verified: bool) -> Citation:
    status = CitationStatus.VERIFIED if verified else CitationStatus.UNVERIFIED
    return replace(citation, status=status)


def _marker(citation: Citation, citations: list[Citation]) -> int:
    """The marker of a citation, which is added to `citations` unless it stands there already."""
    for known in citations:
        if replace(citation, marker=known.marker) == known:
            return known.marker
    citations.append(replace(citation, marker=len(citations) + 1))
    return len(citations)
