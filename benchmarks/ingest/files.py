"""Files for the measurements: all different, so that no embedding is ever found ready."""

import math
import random
from collections.abc import Iterator

_SYLLABLES = ("ba", "co", "di", "fu", "ga", "hel", "ki", "lor", "man", "nes", "pol", "ra", "sti")


def made_files(count: int, *, seed: int) -> dict[str, bytes]:
    """As many Markdown, HTML, text and CSV files in turn, as long as product documentation is.

    Their lengths are those of public sets of it: a tenth has 3 chunks or less and a tenth 45 or
    more, half have 12 or less, and 20 are the mean.
    """
    makers = [("md", _markdown), ("html", _html), ("txt", _text), ("csv", _csv)]
    files = {}
    for number in range(count):
        ending, make = makers[number % len(makers)]
        source = random.Random(f"{seed}/{number}")  # noqa: S311 - the same files in every run
        files[f"{seed}-{number}.{ending}"] = make(source, _chunks(source)).encode()
    return files


def _chunks(source: random.Random) -> int:
    return min(120, max(1, round(source.lognormvariate(math.log(12), 1.0))))


def _sentence(source: random.Random) -> str:
    words = ["".join(source.choices(_SYLLABLES, k=source.randint(1, 3))) for _ in range(12)]
    return " ".join(words).capitalize() + "."


def _paragraph(source: random.Random) -> str:
    return " ".join(_sentence(source) for _ in range(5))


def _sections(source: random.Random, chunks: int) -> Iterator[tuple[str, str]]:
    """Two paragraphs are about what a chunk takes."""
    for _ in range(chunks):
        yield _sentence(source), f"{_paragraph(source)}\n\n{_paragraph(source)}"


def _markdown(source: random.Random, chunks: int) -> str:
    return "\n\n".join(f"## {title}\n\n{text}" for title, text in _sections(source, chunks))


def _html(source: random.Random, chunks: int) -> str:
    parts = (f"<h2>{title}</h2><p>{text}</p>" for title, text in _sections(source, chunks))
    return f"<html><body><main>{''.join(parts)}</main></body></html>"


def _text(source: random.Random, chunks: int) -> str:
    return "\n\n".join(text for _, text in _sections(source, chunks))


def _csv(source: random.Random, chunks: int) -> str:
    rows = (f"{number},{_sentence(source)}" for number in range(10 * chunks))
    return "number,what\n" + "\n".join(rows)
