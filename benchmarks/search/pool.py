"""Real text that every installation holds: what botocore says of itself, with its embeddings."""

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import botocore
import numpy as np
from numpy.typing import NDArray

from footnote.bootstrap import embedder_of, index_form

type Vectors = NDArray[np.float32]

_TAG = re.compile(r"<[^>]+>")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_SHORTEST = 200
_TOGETHER = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """What is said of one thing of one service, sentence by sentence."""

    topic: str
    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Paragraphs in the order of their topics, a vector for each, and those that are only asked."""

    paragraphs: tuple[Paragraph, ...]
    vectors: Vectors
    asked: tuple[Paragraph, ...]

    @cached_property
    def topics(self) -> tuple[range, ...]:
        """Where the paragraphs of each topic stand; a topic of two or less is part of the next."""
        ends = [
            place + 1
            for place, (one, other) in enumerate(
                zip(self.paragraphs, (*self.paragraphs[1:], None), strict=True)
            )
            if other is None or one.topic != other.topic
        ]
        found: list[range] = []
        start = 0
        for end in ends:
            if end - start > 2 or (end == ends[-1] and not found):
                found.append(range(start, end))
                start = end
        return tuple(found)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every word as often as it is used, so that drawing one keeps to how frequent it is."""
        return tuple(
            word
            for paragraph in self.paragraphs
            for sentence in paragraph.sentences
            for word in sentence.split()
        )


def read_pool(size: int, kept: Path, done: Callable[[int, int], None] = lambda _, __: None) -> Pool:
    """Up to `size` paragraphs, embedded by the local model; kept in a file, as that takes minutes.

    A tenth more of them is not written into any document, only asked about.
    """
    found = _paragraphs()
    choose = random.Random(size)  # noqa: S311 - the same pool in every run
    drawn = choose.sample(found, min(len(found), size + size // 10))
    paragraphs = sorted(drawn[:size], key=lambda one: (one.topic, one.heading, one.sentences))
    asked = tuple(drawn[size:]) or tuple(paragraphs)
    file = kept / f"pool-{size}.npy"
    if not file.exists():
        texts = [" ".join((one.heading, *one.sentences)) for one in paragraphs]
        vectors = embedded(texts, done)
        kept.mkdir(parents=True, exist_ok=True)
        np.save(file, vectors)
    return Pool(paragraphs=tuple(paragraphs), vectors=np.load(file), asked=asked)


def embedded(texts: list[str], done: Callable[[int, int], None] = lambda _, __: None) -> Vectors:
    """A unit vector for each text, by the local model."""
    embedder = embedder_of(index_form().model)
    made: list[list[float]] = []
    for start in range(0, len(texts), _TOGETHER):
        made.extend(embedder.embed(texts[start : start + _TOGETHER]))
        done(len(made), len(texts))
    return np.array(made, dtype=np.float32)


def _paragraphs() -> list[Paragraph]:
    """All that botocore says of the shapes of every service's latest API."""
    folder = Path(botocore.__file__).parent / "data"
    latest = {file.parts[-3]: file for file in sorted(folder.glob("*/*/service-2.json.gz"))}
    found: dict[str, Paragraph] = {}
    for topic, file in latest.items():
        model = json.loads(gzip.decompress(file.read_bytes()))
        for heading, text in _documented(model["shapes"]):
            sentences = tuple(_SENTENCE.split(" ".join(_TAG.sub(" ", text).split())))
            paragraph = Paragraph(topic=topic, heading=heading, sentences=sentences)
            if len(text) >= _SHORTEST:
                found.setdefault(" ".join(sentences), paragraph)
    return list(found.values())


def _documented(shapes: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, shape in shapes.items():
        yield name, shape.get("documentation", "")
        for member, described in shape.get("members", {}).items():
            yield f"{name} {member}", described.get("documentation", "")
