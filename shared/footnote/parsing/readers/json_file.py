"""JSON and JSON Lines to text: values as they are written, under the names that lead to them."""

import json
from itertools import count
from typing import cast

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.nested_records import Record, Value, elements
from footnote.parsing.reading import Reading

_TITLES = ("title", "name", "headline")
_SPACE = " \t\n\r"


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """One value, or several one after the other, which count as a list."""
    values = _values(decode(content).removeprefix("\ufeff"), _decoder(limits))
    value = values[0] if len(values) == 1 else values
    return Reading(
        elements=elements(value, limits.max_nesting),
        title=_title(value),
        headings_may_name_it=False,
    )


def _decoder(limits: ParsingLimits) -> json.JSONDecoder:
    """Numbers keep their digits: 1.10 is not 1.1, and a long one is no reason to stop."""
    numbers = count(1)

    def record(pairs: list[tuple[str, Value]]) -> Record:
        if next(numbers) > limits.max_elements:
            msg = f"the file has more than {limits.max_elements:,} records; split it"
            raise FailedDocumentError(msg)
        return Record(tuple(pairs))

    return json.JSONDecoder(
        object_pairs_hook=record, parse_int=str, parse_float=str, parse_constant=str
    )


def _values(text: str, decoder: json.JSONDecoder) -> list[Value]:
    values: list[Value] = []
    position = _next(text, 0)
    while position < len(text):
        try:
            value, end = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            msg = f"line {error.lineno}, column {error.colno} is no JSON: {error.msg}"
            raise FailedDocumentError(msg) from error
        values.append(cast("Value", value))
        position = _next(text, end)
    return values


def _next(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def _title(value: Value) -> str | None:
    """What the outermost record is called; descriptions of an interface say it in `info`."""
    if not isinstance(value, Record):
        return None
    about = next((v for n, v in value.members if n == "info" and isinstance(v, Record)), value)
    return next(filter(None, map(about.text, _TITLES)), None)
