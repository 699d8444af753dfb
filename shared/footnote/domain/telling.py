"""What is told of an answer while it is being written, so that whoever listens can take it back.

An answer is told in sentences, numbered from 0. A token adds text to one, a retraction takes back
a sentence and all behind it. Whoever does both holds exactly the answer in the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

# Why text is taken back that no check failed: what is told instead is the same in other signs, or
# comes from elsewhere.
REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """More text of a sentence; the first of one may begin with the white space before it."""

    sentence: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """This sentence and those behind it do not count any more."""

    sentence: int
    reason: str


type Telling = Token | Retraction


class Transcript:
    """What a listener holds by now: each change to it is also what the listener is to be told."""

    def __init__(self) -> None:
        self._sentences: list[str] = []

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._sentences)

    def __len__(self) -> int:
        """How many sentences it has."""
        return len(self._sentences)

    def last(self, sentence: int) -> str:
        """What is held of a sentence; nothing of one that has not begun."""
        return self._sentences[sentence] if sentence < len(self._sentences) else ""

    def say(self, sentence: int, text: str, *, otherwise: str = REPLACED) -> Iterator[Telling]:
        """Have the last sentence be just this; what it was before goes on, or is taken back."""
        held = self.last(sentence)
        if not text.startswith(held):
            yield from self.forget(sentence, otherwise)
            held = ""
        if more := text[len(held) :]:
            self._sentences[sentence:] = [text]
            yield Token(sentence=sentence, text=more)

    def forget(self, sentence: int, reason: str) -> Iterator[Telling]:
        """Take back this sentence and all behind it, if there is any."""
        if sentence < len(self._sentences):
            del self._sentences[sentence:]
            yield Retraction(sentence=sentence, reason=reason)

    def settle(self, text: str) -> Iterator[Telling]:
        """Have all of it be just this text, keeping the sentences that it begins with."""
        kept, at = 0, 0
        for held in self._sentences:
            if not text.startswith(held, at):
                break
            kept, at = kept + 1, at + len(held)
        yield from self.forget(kept, REPLACED)
        if rest := text[at:]:
            self._sentences.append(rest)
            yield Token(sentence=kept, text=rest)
