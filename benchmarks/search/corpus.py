"""Documents nobody wrote: real sentences recombined, with vectors as a model would give them."""

import math
import random
from dataclasses import dataclass

import numpy as np

from benchmarks.search.pool import Pool, Vectors
from footnote.domain.chunk import Chunk

CHARACTERS = 950
_GAP = 2  # chunks of a document are a blank line apart
# Of the words of a sentence so many give way to others, so that no two chunks are the same.
_CHANGED = 0.15
# One changed word of so many becomes a name that hardly any other chunk holds.
_NAMED = 12
_NAMES = 40_000_000
# How far a chunk's vector is from the mean of its paragraphs: docs/benchmarks.md.
_OWN = 0.45
_ASIDE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDocument:
    """A document's chunks, and a unit vector for each."""

    number: int
    title: str
    chunks: tuple[Chunk, ...]
    vectors: Vectors


def made_document(pool: Pool, number: int) -> MadeDocument:
    """The same document for the same number."""
    source = _source(number)
    count = _length(source)
    topic = source.choice(pool.topics)
    title = f"{pool.paragraphs[source.choice(topic)].topic} guide {_name(source)}"
    chunks: list[Chunk] = []
    vectors = []
    at = 0
    for ordinal in range(count):
        places = source.sample(topic, min(len(topic), 3))
        heading = pool.paragraphs[places[0]].heading
        text = _text(pool, places, source)
        chunks.append(
            Chunk(
                ordinal=ordinal,
                text=text,
                heading_path=(heading,),
                page=None,
                start=at,
                end=at + len(text),
            )
        )
        at += len(text) + _GAP
        vectors.append(_vector(pool, topic, places, source))
    return MadeDocument(number=number, title=title, chunks=tuple(chunks), vectors=np.stack(vectors))


def documents_with(chunks: int) -> range:
    """The numbers of the first documents that have so many chunks together."""
    number = 0
    while chunks > 0:
        chunks -= _length(_source(number))
        number += 1
    return range(number)


def _source(number: int) -> random.Random:
    return random.Random(f"document {number}")  # noqa: S311 - the same in every run


def _length(source: random.Random) -> int:
    """In chunks, as product documentation is long.

    A tenth has 3 chunks or less and a tenth 45 or more, half have 12 or less, and 20 are the mean.
    """
    return min(120, max(1, round(source.lognormvariate(math.log(12), 1.0))))


def _text(pool: Pool, places: list[int], source: random.Random) -> str:
    """Sentences of the paragraphs, in turn and in their order, until a chunk is full."""
    said = [list(pool.paragraphs[place].sentences) for place in places]
    parts: list[str] = []
    length = 0
    while length < CHARACTERS and any(said):
        for sentences in said:
            run = " ".join(_changed(pool, sentences.pop(0), source) for _ in sentences[:2])
            if run and length < CHARACTERS:
                parts.append(run[:CHARACTERS])
                length += len(run)
    return "\n\n".join(parts)


def _changed(pool: Pool, sentence: str, source: random.Random) -> str:
    chance = source.random
    return " ".join(
        _instead(pool, source) if chance() < _CHANGED else word for word in sentence.split()
    )


def _instead(pool: Pool, source: random.Random) -> str:
    if source.random() < 1 / _NAMED:
        return _name(source)
    return pool.words[int(source.random() * len(pool.words))]


def _name(source: random.Random) -> str:
    """Some stand in many documents, most in a few, as names and numbers do."""
    return f"{source.choice('ABCDEFGH')}{int(_NAMES ** source.random())}"


def _vector(pool: Pool, topic: range, places: list[int], source: random.Random) -> Vectors:
    """Near its paragraphs, and off them in directions in which paragraphs of its topic differ."""
    weights = [1.0, *(_ASIDE * source.random() for _ in places[1:])]
    mean = np.average(pool.vectors[places], axis=0, weights=weights)
    own = sum(
        source.gauss(0, 1) * (pool.vectors[source.choice(topic)] - pool.vectors[other])
        for other in (source.choice(topic), source.randrange(len(pool.paragraphs)))
    )
    vector = mean / np.linalg.norm(mean) + _OWN * own / max(float(np.linalg.norm(own)), 1e-6)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
