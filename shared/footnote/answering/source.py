"""A quote as evidence: its tokens, those around it, and the names of the place where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from footnote.answering.bounds import is_bound_after, is_bound_before
from footnote.answering.languages import Language, is_unread, language_of
from footnote.answering.plain import plain, without_markers
from footnote.answering.reading import read_tokens
from footnote.answering.tokens import Kind, Token
from footnote.domain.passage import Passage
from footnote.domain.sentences import sentence_spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a quote tells; `readable` is the quote as one line of safe text.

    `clause_before` and `clause_after` complete the clauses that it cuts. `bound`: what the quote
    leaves out of its sentence binds or bounds what it says; `cut`: it begins right behind a word.
    """

    quote: str
    readable: str
    language: Language | None
    tokens: list[Token]
    before: list[Token]
    after: list[Token]
    place: list[Token]
    bound: bool
    cut: bool

    @property
    def content(self) -> list[Token]:
        """The tokens that a sentence can rest on."""
        return [token for token in self.tokens if token.kind is not Kind.FREE]

    @property
    def clause_before(self) -> list[Token]:
        """What stands in front of the quote in the same clause."""
        clause: list[Token] = []
        for token in reversed(self.before):
            clause.append(token)
            if token.paused or self._joined(token):
                return clause
        return clause

    @property
    def clause_after(self) -> list[Token]:
        """What follows the quote in the same clause."""
        clause: list[Token] = []
        for token in self.after:
            if token.paused or self._joined(token):
                return clause
            clause.append(token)
        return clause

    def _joined(self, token: Token) -> bool:
        return self.language is not None and token.before in self.language.conjunctions


def source_of(passage: Passage, start: int, end: int, sentence: str) -> Source:
    """The quote at `start`..`end` of a passage's text, as the source of a sentence.

    What is too short to tell its language is read in that of the sentence.
    """
    text = passage.text
    language = language_of(text)
    if language is None and not is_unread(text):
        language = language_of(sentence)
    quote = plain(text[start:end])
    one_line = plain(" ".join(text[start:end].split()))
    spans = [span for span in _spans(text) if span[0] < end and start < span[1]]
    first = min([begin for begin, _ in spans], default=start)
    last = max([behind for _, behind in spans], default=end)
    # A stand-in for the quote shows whether a clause ends where the quote begins or ends.
    before = read_tokens(f"{text[min(first, start) : start]} x", language)
    after = read_tokens(f"x {text[end : max(last, end)]}", language)
    cut_before = bool(before) and before[-1].paused
    tokens = read_tokens(without_markers(quote, quote), language)
    return Source(
        quote=text[start:end],
        readable=without_markers(one_line, one_line),
        language=language,
        tokens=tokens,
        before=[] if cut_before else before[:-1],
        after=after[1:],
        place=read_tokens(" | ".join((passage.title, *passage.heading_path)), language),
        bound=language is not None
        and (
            is_bound_before(before, language)
            or is_bound_after(tokens[-1] if tokens else None, after[1:], language)
        ),
        cut=before[-1].attached if before else False,
    )


@lru_cache(maxsize=16)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(sentence_spans(text))


def told(sources: Sequence[Source]) -> list[Token]:
    """All tokens of the quotes."""
    return [token for source in sources for token in source.tokens]
