"""Questions about what was made: real sentences, half of them in no document, and names."""

import random
import re
from dataclasses import dataclass

from benchmarks.search.corpus import made_document
from benchmarks.search.pool import Paragraph, Pool, embedded

_NAMED = re.compile(r"\b[A-H]\d{3,}\b")
_OPENINGS = ("How does", "What is", "When is", "Why would", "Can I change", "Where do I find")
_WORDS = range(5, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question's text and its embedding."""

    text: str
    vector: list[float]


def questions(pool: Pool, count: int) -> list[AskedQuestion]:
    """The same ones for every number of chunks, each with the embedding that the model gives it.

    Half ask about paragraphs that stand in no document, a tenth for a name, the rest for what
    a document says.
    """
    texts = [_text(pool, number) for number in range(count)]
    return [
        AskedQuestion(text=text, vector=vector.tolist())
        for text, vector in zip(texts, embedded(texts), strict=True)
    ]


def _text(pool: Pool, number: int) -> str:
    source = random.Random(f"question {number}")  # noqa: S311 - the same in every run
    if number % 10 == 0:
        return f"What is {_name_in(pool, source)}?"
    paragraph = source.choice(pool.asked if number % 2 else pool.paragraphs)
    return f"{source.choice(_OPENINGS)} {_part(paragraph, source)}?"


def _part(paragraph: Paragraph, source: random.Random) -> str:
    words = source.choice(paragraph.sentences).rstrip(".").split()
    count = source.choice(_WORDS)
    start = source.randrange(max(1, len(words) - count))
    return " ".join(words[start:][:count])


def _name_in(pool: Pool, source: random.Random) -> str:
    """Of one of the first documents, which a knowledge base of any size holds."""
    while True:
        document = made_document(pool, source.randrange(100))
        found = _NAMED.findall(" ".join(chunk.text for chunk in document.chunks))
        if found:
            return str(source.choice(found))
