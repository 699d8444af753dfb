"""Org files of Emacs: outline, lists, tables and blocks; what steers Emacs is left out."""

import re
from collections.abc import Iterator
from itertools import groupby

from unstructured.documents.elements import (
    CodeSnippet,
    Element,
    ElementMetadata,
    ListItem,
    Table,
    Text,
    Title,
)

from footnote.parsing import pipe_table
from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading

_HEADING = re.compile(r"(\*+)[ \t]+(.*)")
_STATE = re.compile(r"(?:(?:TODO|DONE|NEXT|WAITING|CANCELLED)[ \t]+)?(?:\[#[A-Z0-9]\][ \t]*)?")
_TAGS = re.compile(r"[ \t]:[\w@#%:]+:[ \t]*\Z")
_TITLE = re.compile(r"^#\+title:[ \t]*(\S.*)", re.IGNORECASE | re.MULTILINE)
_BEGIN = re.compile(r"[ \t]*#\+begin_(\w+)", re.IGNORECASE)
_SHOWN = re.compile(
    r"[ \t]*#\+(?:caption|description|subtitle|author|date)(?:\[[^\]]*\])?:[ \t]*(\S.*)",
    re.IGNORECASE,
)
# Keywords and ends of blocks, comments, properties, planned days and clocked times.
_UNSEEN = re.compile(
    r"[ \t]*(?:#\+\w|#(?:[ \t]|\Z)|:[\w@+-]+:(?:[ \t]|\Z)|CLOCK:|(?:SCHEDULED|DEADLINE|CLOSED):)"
)
_ITEM = re.compile(r"([ \t]*)(?:[-+]|\d{1,9}[.)]|[ \t]\*)[ \t]+\S")
_TABLE_RULE = re.compile(r"[ \t]*\|-[-+|]*[ \t]*\Z")
_LINK = re.compile(r"\[\[([^\[\]\n]{1,2000})\](?:\[([^\[\]\n]{1,2000})\])?\]")
_CODE = frozenset(("src", "example", "verbatim"))
_HIDDEN = frozenset(("comment", "export"))
_LEVEL_INDENT = 2

# What lines are part of: its kind, its number, so that neighbours of one kind stay apart.
type _Part = tuple[str, int]


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Headings without their states and tags; blocks of code as they are written."""
    del limits
    text = decode(content)
    parts = groupby(_parts(text.split("\n")), lambda pair: pair[0])
    elements = (_element(kind, [line for _, line in pairs]) for (kind, _), pairs in parts)
    title = _TITLE.search(text)
    return Reading(
        elements=(element for element in elements if element),
        title=title.group(1) if title else None,
    )


def _parts(lines: list[str]) -> Iterator[tuple[_Part, str]]:
    part: _Part = ("blank", 0)
    block = ""
    for number, line in enumerate(lines):
        if block:
            yield part, line
            block = "" if line.strip().lower() == f"#+end_{block}" else block
            continue
        begin = _BEGIN.match(line)
        block = begin.group(1).lower() if begin else ""
        if block in _CODE or block in _HIDDEN:
            part = ("code" if block in _CODE else "hidden", number)
        else:
            block, part = "", _part(line, number, part)
        yield part, line


def _part(line: str, number: int, before: _Part) -> _Part:
    if not line.strip():
        return "blank", 0
    if _HEADING.match(line):
        return "heading", number
    if _SHOWN.match(line):
        return "shown", number
    if _UNSEEN.match(line):
        return "hidden", 0
    if line.lstrip().startswith("|"):
        return "table", 0
    if _ITEM.match(line):
        return "item", number
    goes_on = before[0] == "item" and line[0] in " \t"
    return before if goes_on else ("text", 0)


def _element(kind: str, lines: list[str]) -> Element | None:
    if kind in ("blank", "hidden"):
        return None
    if kind == "code":
        return CodeSnippet("\n".join(lines))
    if kind == "table":
        cells = [line.strip().strip("|").split("|") for line in lines]
        rules = map(_TABLE_RULE.match, lines)
        rows = [row for row, rule in zip(cells, rules, strict=True) if not rule]
        return Table(pipe_table.of([[_linked(cell) for cell in row] for row in rows]).markdown())
    if kind == "heading":
        return _heading(lines[0])
    if kind == "shown":
        lines = [_SHOWN.sub(r"\1", lines[0])]
    depth = (len(lines[0]) - len(lines[0].lstrip())) // _LEVEL_INDENT if kind == "item" else 0
    made = ListItem if kind == "item" else Text
    text = _linked("\n".join(line.rstrip() for line in lines))
    return made(text, metadata=ElementMetadata(category_depth=depth))


def _heading(line: str) -> Element | None:
    stars, _, text = line.partition(" ")
    text = _linked(_TAGS.sub("", _STATE.sub("", text.lstrip(), count=1)))
    metadata = ElementMetadata(category_depth=len(stars) - 1)
    return Title(text.strip(), metadata=metadata) if text.strip() else None


def _linked(text: str) -> str:
    """Links as they are shown: by their words, or else by where they lead."""
    return _LINK.sub(lambda found: found.group(2) or found.group(1), text)
