"""Files for the measurements: all different, so that no embedding is ever found ready."""

import random

_SYLLABLES = ("ba", "co", "di", "fu", "ga", "hel", "ki", "lor", "man", "nes", "pol", "ra", "sti")


def made_files(count: int, *, seed: int) -> dict[str, bytes]:
    """As many Markdown, HTML, text and CSV files in turn, each of about two pages."""
    makers = [("md", _markdown), ("html", _html), ("txt", _text), ("csv", _csv)]
    files = {}
    for number in range(count):
        ending, make = makers[number % len(makers)]
        source = random.Random(f"{seed}/{number}")  # noqa: S311 - the same files in every run
        files[f"{seed}-{number}.{ending}"] = make(source).encode()
    return files


def _sentence(source: random.Random) -> str:
    words = ["".join(source.choices(_SYLLABLES, k=source.randint(1, 3))) for _ in range(12)]
    return " ".join(words).capitalize() + "."


def _paragraph(source: random.Random) -> str:
    return " ".join(_sentence(source) for _ in range(5))


def _markdown(source: random.Random) -> str:
    return "\n\n".join(f"## {_sentence(source)}\n\n{_paragraph(source)}" for _ in range(12))


def _html(source: random.Random) -> str:
    parts = (f"<h2>{_sentence(source)}</h2><p>{_paragraph(source)}</p>" for _ in range(12))
    return f"<html><body><main>{''.join(parts)}</main></body></html>"


def _text(source: random.Random) -> str:
    return "\n\n".join(_paragraph(source) for _ in range(14))


def _csv(source: random.Random) -> str:
    rows = (f"{number},{_sentence(source)}" for number in range(70))
    return "number,what\n" + "\n".join(rows)
