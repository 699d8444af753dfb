"""Tells an answer while a model writes it: words as they come, then only what was verified."""

from collections.abc import Iterator, Sequence

from footnote.answering.citations import GrowingAnswer
from footnote.answering.draft import Draft, DraftSentence
from footnote.answering.draft_reader import DraftReader
from footnote.answering.shown_early import EarlyWords
from footnote.domain.answer import Answer, RemovalReason
from footnote.domain.passage import Passage
from footnote.domain.telling import REPLACED, Telling, Transcript

# So much has to stand behind the end of a sentence before it counts as one: "25." may be a date.
_SURE_OF_END = 12


class LiveAnswer:
    """One model's answer, on its way into a transcript that holds nothing yet.

    The words of a sentence are told as they come, as far as they may be shown before its quotes
    were checked. Then it is told whole with its markers, or taken back.
    """

    def __init__(self, passages: Sequence[Passage], transcript: Transcript) -> None:
        self._reader = DraftReader()
        self._words = EarlyWords(passages)
        self._growing = GrowingAnswer(passages)
        self._sentences: list[DraftSentence] = []
        self._transcript = transcript
        self._endless = False

    def read(self, piece: str) -> Iterator[Telling]:
        """What is to be told because of the next piece of what the model writes."""
        yield from self._checked(self._reader.feed(piece))
        if self._reader.is_due and not self._growing.is_full:
            yield from self._begun()
            self._reader.looked()

    def end(self) -> Iterator[Telling]:
        """What is to be told now that the model wrote all."""
        rest, self._endless = self._reader.end()
        yield from self._checked(rest)
        yield from self._transcript.forget(len(self._growing), RemovalReason.UNCITED)

    def outcome(self, *, truncated: bool) -> tuple[Draft, Answer]:
        """The draft, and the answer that came of it: the same as of the whole text at once."""
        draft = Draft(sentences=tuple(self._sentences), truncated=truncated or self._endless)
        return draft, self._growing.answer(truncated=draft.truncated)

    def _checked(self, complete: Sequence[DraftSentence]) -> Iterator[Telling]:
        reason: str = REPLACED
        for sentence in complete:
            self._sentences.append(sentence)
            at = len(self._growing)
            added = self._growing.add(sentence)
            if isinstance(added, RemovalReason):
                reason = added
            elif added is not None:
                yield from self._transcript.say(at, added, otherwise=reason)
        if complete:
            yield from self._transcript.forget(len(self._growing), reason)

    def _begun(self) -> Iterator[Telling]:
        """The words of the sentence that is being written, as far as they may be shown now."""
        begun, cut = self._reader.begun()
        if not begun or (len(begun) > 1 and len(begun[-1].text) < _SURE_OF_END):
            return
        sentence, at = begun[-1], len(self._growing)
        early = self._words.of(sentence.text, cut=cut)
        gap = sentence.gap if at and early else ""
        if early or len(begun) > 1:
            yield from self._transcript.say(at, gap + early, otherwise=RemovalReason.UNCITED)
