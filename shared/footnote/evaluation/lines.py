"""Lines of a file of questions or texts, CSV or JSON, and what is wrong with one."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError


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


def reason(error: ValueError) -> str:
    """What is wrong with a line, in words that fit behind its number."""
    if isinstance(error, json.JSONDecodeError):
        return f"is no JSON ({error.msg}, character {error.pos + 1})"
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg']}" if where else first["msg"]
    return str(error)
