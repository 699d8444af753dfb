"""Reads an export that nobody need trust, in memory that does not grow with it."""

import gzip
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, NoReturn, cast

from pydantic import ValidationError

from footnote.domain.errors import UnprocessableError
from footnote.transfer.line import Line
from footnote.transfer.lines import FORMAT, KINDS, VERSION, End, Header
from footnote.transfer.order import Order

LONGEST_LINE = 16 * 2**20
# A text packs to a fifth and vectors hardly at all; what unfolds like this is there to fill a disk.
MOST_UNFOLDED = 100
_UNFOLDED_ALWAYS = 2 * LONGEST_LINE
_DAMAGED = (gzip.BadGzipFile, zlib.error, EOFError)


@dataclass(frozen=True, slots=True)
class Read:
    """One line of the file, which, and of how many bytes."""

    number: int
    line: Line
    size: int


class Refused(UnprocessableError):
    """The file is not an export that can be read, or not all of one; the message says where."""


def refuse(number: int, what: str) -> NoReturn:
    """Raise what people are told of a line."""
    message = f"line {number}: {what}"
    raise Refused(message)


def read_export(path: Path) -> Iterator[Read]:
    """The lines of a file in their order, each checked; the last is its end, which proves it whole.

    Raises:
        Refused: the file is damaged, cut off, changed, of a newer format, or no export at all.
        OSError: it cannot be opened.
    """
    with path.open("rb") as raw, gzip.GzipFile(fileobj=raw, mode="rb") as packed:
        digest, counts = hashlib.sha256(), Counter[str]()
        order = Order()
        for number, written in _raw_lines(raw, packed):
            line = _parsed(number, written)
            problem = order.problem_with(line)
            if problem:
                refuse(number, problem)
            if isinstance(line, End):
                _check_end(number, line, counts, digest.hexdigest())
            yield Read(number, line, len(written))
            digest.update(written)
            counts[line.kind] += 1
        if not order.ended:
            message = f"the file ends after line {counts.total()}: it is cut off; copy it again"
            raise Refused(message)


def _raw_lines(raw: BufferedReader, packed: gzip.GzipFile) -> Iterator[tuple[int, bytes]]:
    number = unfolded = 0
    while True:
        try:
            written = packed.readline(LONGEST_LINE + 1)
        except _DAMAGED as error:
            what = f"the file is damaged or cut off after line {number} ({error}); copy it again"
            if number == 0:
                what = f"this is no export, or its beginning is damaged ({error})"
            raise Refused(what) from error
        if not written:
            return
        number += 1
        unfolded += len(written)
        if len(written) > LONGEST_LINE:
            refuse(number, f"it is longer than {LONGEST_LINE} bytes, which no export writes")
        if unfolded > _UNFOLDED_ALWAYS and unfolded > MOST_UNFOLDED * raw.tell():
            refuse(number, "the file unfolds to a hundred times its size, which no export does")
        yield number, written


def _parsed(number: int, written: bytes) -> Line:
    try:
        value = json.loads(written, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        refuse(number, f"it is not JSON ({str(error) or 'nested too deeply'})")
    if not isinstance(value, dict):
        refuse(number, "it is not a JSON object")
    # An export writes every letter as it is: only here can a text hold what Postgres does not take.
    if b"\\u" in written and not _is_storable(value):
        refuse(number, "a text in it holds NUL or half of a letter")
    if number == 1:
        _check_format(value)
    kind = KINDS.get(str(value.get("kind")))
    if kind is None:
        refuse(number, f"nothing is known of the kind {str(value.get('kind'))[:40]!r}")
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "it"
        refuse(number, f"{value['kind']}: {place}: {first['msg']}")
    except RecursionError:
        refuse(number, "it is nested too deeply")


def _no_number(name: str) -> NoReturn:
    message = f"{name} is no number"
    raise ValueError(message)


def _is_storable(value: object) -> bool:
    try:
        text = json.dumps(value, ensure_ascii=False)
        text.encode()
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in text.replace("\\\\", "")


def _check_format(value: dict[str, Any]) -> None:
    if value.get("kind") != "header" or value.get("format") != FORMAT:
        refuse(1, "this is no export of Footnote")
    version = value.get("version")
    if isinstance(version, int) and version > VERSION:
        newer = f"it was written in format {version}, by Footnote {value.get('footnote')}"
        refuse(1, f"{newer}; this one reads format {VERSION}: upgrade it first")


def _check_end(number: int, end: End, counts: Counter[str], sha256: str) -> None:
    for kind in sorted(counts.keys() | end.counts.keys()):
        if counts[kind] != end.counts.get(kind, 0):
            told = f"{end.counts.get(kind, 0)} lines of kind {kind} were written"
            refuse(number, f"{told}, and {counts[kind]} are here: lines were lost or added")
    if sha256 != end.sha256:
        refuse(number, "the file was changed after it was written: its hash is another one")


def header_of(path: Path) -> Header:
    """The first line alone."""
    for read in read_export(path):
        return cast("Header", read.line)
    message = "the file is empty"
    raise Refused(message)
