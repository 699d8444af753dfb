"""Which chunks questions are generated from: some of every document, drawn by a seed."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footnote.evaluation.generated import Kind

_ANSWERABLE = (Kind.FACT, Kind.PROCEDURE, Kind.REASON)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledDocument:
    """A document that may be asked about, and how many chunks it has."""

    document_id: str
    name: str
    title: str
    chunks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One chunk to be asked about, by its ordinal, and what for."""

    document: SampledDocument
    ordinal: int
    kind: Kind


def places(
    documents: Sequence[SampledDocument], *, unanswerable: float, seed: int
) -> Iterator[Place]:
    """Every chunk of every document once: first one of each document, then a second of each, ...

    So a few long documents do not become the whole set. Documents and the chunks within each come
    in an order that the seed decides and that stays when others are added. A share of the places
    is for questions that the documents do not answer, evenly spread.
    """
    drawn = sorted(documents, key=lambda one: _drawn(seed, one.name))
    orders = {
        one.name: sorted(range(one.chunks), key=lambda at: _drawn(seed, f"{one.name} {at}"))
        for one in drawn
    }
    number = 0
    for turn in range(max((one.chunks for one in drawn), default=0)):
        for document in drawn:
            if turn < document.chunks:
                kind = _kind(number, unanswerable)
                yield Place(document=document, ordinal=orders[document.name][turn], kind=kind)
                number += 1


def _kind(number: int, unanswerable: float) -> Kind:
    before, behind = int(number * unanswerable), int((number + 1) * unanswerable)
    return Kind.UNANSWERABLE if behind > before else _ANSWERABLE[(number - before) % 3]


def _drawn(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed} {name}".encode()).digest()
