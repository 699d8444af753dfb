"""Loads the named, commented SQL statements of `queries/*.sql`."""

import re
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def load_queries(file: str) -> dict[str, LiteralString]:
    """The statements of one file by name; each starts at a line `-- name: <name>`."""
    return queries_of(files("footnote.postgres").joinpath("queries", file).read_text())


def queries_of(text: str) -> dict[str, LiteralString]:
    """The same of a text that is part of the program."""
    _, *parts = _NAME.split(text)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    # The files are part of the package, so their text is as literal as a string in the code.
    return {name: cast("LiteralString", body.strip()) for name, body in pairs}
