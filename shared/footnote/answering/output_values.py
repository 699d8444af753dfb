"""The values of a JSON output: where each stands, and which of its texts may be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from footnote.answering.safe_text import safe_text

# They bound what checking an output may cost.
MOST_VALUES = 500
DEEPEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A text or a number in an output: `pointer` is its JSON pointer (RFC 6901)."""

    pointer: str
    text: str
    is_number: bool

    @property
    def place(self) -> str:
        """The same as people write it: `output.lines.2.total`."""
        return "output" + self.pointer.replace("/", ".")


def leaves_of(output: object, pointer: str = "") -> Iterator[Leaf]:
    """Every text and number; yes, no and nothing are none."""
    if isinstance(output, str):
        yield Leaf(pointer=pointer, text=output.strip(), is_number=False)
    elif isinstance(output, int | float) and not isinstance(output, bool):
        yield Leaf(pointer=pointer, text=str(output), is_number=True)
    elif isinstance(output, dict):
        for name, inner in output.items():
            escaped = name.replace("~", "~0").replace("/", "~1")
            yield from leaves_of(inner, f"{pointer}/{escaped}")
    elif isinstance(output, list):
        for at, inner in enumerate(output):
            yield from leaves_of(inner, f"{pointer}/{at}")


def size_problem(output: object) -> str | None:
    """Whether there is too much in an output to be looked at."""
    level, count = [output], 0
    for _ in range(DEEPEST):
        count += len(level)
        if count > MOST_VALUES:
            return f"output has more than {MOST_VALUES} values"
        level = [inner for value in level for inner in _inner(value)]
    return f"output is deeper than {DEEPEST} levels" if level else None


class SafeTexts:
    """Makes texts plain, as those of answers are; what is quoted and the caller's own labels stay.

    `problems` says that this is not possible, because a text holds what no quote does.
    """

    def __init__(self, quotes: Sequence[str], labels: frozenset[str]) -> None:
        self._quotes = quotes
        self._labels = labels
        self.problems: list[str] = []

    def cleaned(self, value: Any) -> Any:
        """The same value with plain texts."""
        if isinstance(value, str):
            return self._cleaned_text(value)
        if isinstance(value, list):
            return [self.cleaned(one) for one in value]
        if isinstance(value, dict):
            return {self._cleaned_text(name): self.cleaned(one) for name, one in value.items()}
        return value

    def _cleaned_text(self, text: str) -> str:
        if text in self._labels or any(text in quote for quote in self._quotes):
            return text
        safe = safe_text(text, self._quotes)
        if safe is None:
            self.problems.append("output has a text with an address or a tag that no quote holds")
        return safe or ""


def _inner(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
