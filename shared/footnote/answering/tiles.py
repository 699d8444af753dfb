"""Lays a sentence out with the longest stretches of its sources, as with tiles.

After "greedy string tiling", M. J. Wise, "String similarity via greedy string tiling and running
Karp-Rabin matching" (1993); without its hashing, as sentences and quotes are short.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from footnote.answering.source import Source
from footnote.answering.tokens import Kind, Token

# A sentence in more pieces than this is no restatement of its source, and would cost time.
_MOST_TILES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A token of a sentence at `at`, and the one of its sources at `place` that tells it."""

    at: int
    place: int
    said: Token
    told: Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A sentence's tokens, and where in its sources each of them lies.

    `told` holds the content of all sources in order, with None behind each source; `clauses` and
    `sentences` number the clause and sentence of each. `laid` maps places in `said` to those there.
    """

    said: Sequence[Token]
    told: Sequence[Token | None]
    clauses: Sequence[int]
    sentences: Sequence[int]
    laid: dict[int, int]

    @property
    def tiles(self) -> int:
        """How many stretches the layout consists of."""
        ordered = sorted(self.laid.items())
        breaks = sum(after != (before[0] + 1, before[1] + 1) for before, after in pairwise(ordered))
        return breaks + 1 if ordered else 0

    def pairs(self) -> list[Pair]:
        """What is laid, in the order of the sentence."""
        laid = [(at, place, self.told[place]) for at, place in sorted(self.laid.items())]
        return [
            Pair(at=at, place=place, said=self.said[at], told=told)
            for at, place, told in laid
            if told is not None
        ]

    def goes_on(self, pair: Pair) -> bool:
        """Whether the token before it is the same in the sentence and in its sources."""
        return pair.at > 0 and self.laid.get(pair.at - 1) == pair.place - 1

    def left_over(self, numbers: Sequence[int]) -> list[Token]:
        """What is told, but not said, in the clauses or sentences that the sentence rests on.

        `numbers` is either `clauses` or `sentences`.
        """
        used = set(self.laid.values())
        relevant = {numbers[at] for at in used}
        return [
            token
            for at, token in enumerate(self.told)
            if token is not None and at not in used and numbers[at] in relevant
        ]


def lay_out(said: Sequence[Token], sources: Sequence[Source]) -> Layout:
    """The layout of a sentence's content on that of its sources."""
    told: list[Token | None] = []
    clauses: list[int] = []
    sentences: list[int] = []
    clause = sentence = 0
    for source in sources:
        for token in source.tokens:
            clause += token.paused
            sentence += token.begins
            if token.kind is not Kind.FREE:
                told.append(token)
                clauses.append(clause)
                sentences.append(sentence)
        told.append(None)
        clauses.append(clause)
        sentences.append(sentence)
        clause, sentence = clause + 1, sentence + 1
    return Layout(
        said=said, told=told, clauses=clauses, sentences=sentences, laid=_tiled(said, told)
    )


def _tiled(said: Sequence[Token], told: Sequence[Token | None]) -> dict[int, int]:
    pairs = _pairs(said, told)
    laid: dict[int, int] = {}
    for _ in range(_MOST_TILES):
        if not pairs:
            break
        start, length = _longest(pairs)
        run = [(start[0] + step, start[1] + step) for step in range(length)]
        laid.update(run)
        taken_said, taken_told = {one for one, _ in run}, {other for _, other in run}
        pairs = {
            (one, other)
            for one, other in pairs
            if one not in taken_said and other not in taken_told
        }
    return laid


def _pairs(said: Sequence[Token], told: Sequence[Token | None]) -> set[tuple[int, int]]:
    by_key: dict[str, list[int]] = {}
    dates = [at for at, token in enumerate(told) if token and token.kind is Kind.DATE]
    for at, token in enumerate(told):
        if token:
            by_key.setdefault(token.key, []).append(at)
    return {
        (place, at)
        for place, token in enumerate(said)
        for at in (*by_key.get(token.key, ()), *dates)
        if (other := told[at]) is not None and token.told_by(other)
    }


def _longest(pairs: set[tuple[int, int]]) -> tuple[tuple[int, int], int]:
    """The first of the longest runs of pairs, and its length."""
    lengths: dict[tuple[int, int], int] = {}
    for pair in sorted(pairs, reverse=True):
        lengths[pair] = lengths.get((pair[0] + 1, pair[1] + 1), 0) + 1
    longest = max(lengths.values())
    return min(pair for pair, length in lengths.items() if length == longest), longest
