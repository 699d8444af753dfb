"""Lines of a file of questions or texts, CSV or JSON, and what is wrong with one."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from footnote.domain.errors import UnprocessableError

_MISTAKES_SHOWN = 5


def read_lines[T](
    path: Path,
    refusal: str,
    read: Callable[[int, object], T],
    wrong: Callable[[list[T]], list[str]] = lambda _: [],
) -> list[T]:
    """What each line holds: `read` takes its number and value, and says by a ValueError what not.

    `wrong` are mistakes of all lines together; `refusal` goes on behind the path, as in "holds no
    edits".

    Raises:
        UnprocessableError: something is wrong, or there is no line; names the lines.
    """
    found: list[T] = []
    mistakes: list[str] = []
    try:
        for number, line in lines_of(path):
            try:
                found.append(read(number, parsed(line)))
            except (ValueError, RecursionError) as error:
                mistakes.append(f"line {number}: {reason(error)}")
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"{path} {refusal}: {error}"
        raise UnprocessableError(message) from error
    mistakes += wrong(found)
    if mistakes or not found:
        shown = "\n  ".join(mistakes[:_MISTAKES_SHOWN] or ["it is empty"])
        more = len(mistakes) - _MISTAKES_SHOWN
        rest = f"\n  and {more} more" if more > 0 else ""
        message = f"{path} {refusal}:\n  {shown}{rest}"
        raise UnprocessableError(message)
    return found


def lines_of(path: Path) -> Iterator[tuple[int, str | dict[str, Any]]]:
    """The number of each line and what it holds; a CSV row counts from its first line.

    Raises:
        UnicodeDecodeError: it is no UTF-8.
        csv.Error: it ends in the middle of a quoted cell, or goes on behind one.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix.lower() == ".csv":
            reader = csv.DictReader(file, strict=True)
            before = 1
            for row in reader:
                yield before + 1, {name: value for name, value in row.items() if name is not None}
                before = reader.line_num
            return
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, line


def parsed(line: str | dict[str, Any]) -> object:
    """The value of a line.

    Raises:
        JSONDecodeError: it is no JSON.
    """
    return json.loads(line) if isinstance(line, str) else line


def reason(error: ValueError | RecursionError) -> str:
    """What is wrong with a line, in words that fit behind its number."""
    if isinstance(error, json.JSONDecodeError):
        return f"is no JSON ({error.msg}, character {error.pos + 1})"
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg']}" if where else first["msg"]
    return str(error)
