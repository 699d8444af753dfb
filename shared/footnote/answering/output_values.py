"""The values of a JSON output: where each stands, which are claims, and what may be shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from footnote.answering.json_schema import Schema
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


def leaves_of(output: object, schemas: Sequence[Schema], pointer: str = "") -> Iterator[Leaf]:
    """Every text and number that the schemas for it do not name: those are no claim.

    Yes, no and nothing hold no words. What a schema names in one place counts as said in another.
    """
    known = list(_every(schemas))
    if any(output in schema.get("enum", ()) or output == schema.get("const") for schema in known):
        return
    if isinstance(output, dict):
        for name, inner in output.items():
            yield from leaves_of(inner, _of_member(known, name), f"{pointer}/{_escaped(name)}")
    elif isinstance(output, list):
        for at, inner in enumerate(output):
            yield from leaves_of(inner, _of_item(known, at), f"{pointer}/{at}")
    elif isinstance(output, str) and output.strip():
        yield Leaf(pointer=pointer, text=output.strip(), is_number=False)
    elif isinstance(output, int | float) and not isinstance(output, bool):
        yield Leaf(pointer=pointer, text=str(output), is_number=True)


def values_of(output: object, pointer: str = "") -> Iterator[tuple[str, object]]:
    """Every single value of an output with its JSON pointer, claim or not."""
    if not isinstance(output, dict | list):
        yield pointer, output
        return
    parts = output.items() if isinstance(output, dict) else enumerate(output)
    for name, inner in parts:
        yield from values_of(inner, f"{pointer}/{_escaped(str(name))}")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _every(schemas: Iterable[object]) -> Iterator[Schema]:
    """The schemas, and those that they are made of."""
    for schema in schemas:
        if isinstance(schema, dict):
            yield schema
            for keyword in ("anyOf", "oneOf", "allOf"):
                yield from _every(schema.get(keyword, ()))


def _of_member(schemas: Sequence[Schema], name: str) -> list[Schema]:
    every = (
        schema.get("properties", {}).get(name, schema.get("additionalProperties"))
        for schema in schemas
    )
    return [schema for schema in every if isinstance(schema, dict)]


def _of_item(schemas: Sequence[Schema], at: int) -> list[Schema]:
    first = (schema.get("prefixItems", ()) for schema in schemas)
    every = [
        own[at] if at < len(own) else schema.get("items")
        for own, schema in zip(first, schemas, strict=True)
    ]
    return [schema for schema in every if isinstance(schema, dict)]


def inner_values(value: object) -> list[object]:
    """What an object or a list holds; nothing else holds anything."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def size_problem(output: object) -> str | None:
    """Whether there is too much in an output to be looked at."""
    level, count = [output], 0
    for _ in range(DEEPEST):
        count += len(level)
        if count > MOST_VALUES:
            return f"output has more than {MOST_VALUES} values"
        level = [inner for value in level for inner in inner_values(value)]
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
