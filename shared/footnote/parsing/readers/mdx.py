"""MDX: Markdown with components, whose tags are taken off and whose words stay."""

import re
import textwrap
from collections.abc import Iterator

from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.mdx_tags import BOUNDARY, without_tags
from footnote.parsing.readers import markdown_file
from footnote.parsing.reading import Reading

_FENCE = re.compile(r"[ \t]*(?:[-*+>][ \t]+|\d{1,9}[.)][ \t]+)*(`{3,}|~{3,})")
_STATEMENT = re.compile(
    r"import[ \t]*(?:[\"'{*]|[\w$]+[ \t]*(?:,|[ \t]from\b))"
    r"|export[ \t]+(?:const|let|var|function|default|async|class|type|interface|[{*])"
)
# Lines of a statement; one that seems longer has lost its closing bracket.
_MAX_STATEMENT_LINES = 200


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """The Markdown that remains without statements, comments and tags."""
    front, rest = _front_matter(decode(content).replace(BOUNDARY, ""))
    markdown = "\n".join(_plain(rest.split("\n")))
    return markdown_file.read((front + markdown).encode(errors="replace"), limits)


def _front_matter(text: str) -> tuple[str, str]:
    end = text.find("\n---", 3) if text.startswith("---\n") else -1
    end = text.find("\n", end + 1) + 1 if end > 0 else 0
    return text[:end], text[end:]


def _plain(lines: list[str]) -> Iterator[str]:
    """Fenced code as it is; what stands between tags loses the indentation that they gave it."""
    for part, fenced in _parts(lines):
        if fenced:
            yield textwrap.dedent(part)
            continue
        segment: list[str] = []
        for line in without_tags("\n".join(_without_statements(part.split("\n")))).split("\n"):
            if BOUNDARY in line and not line.strip(f"{BOUNDARY} \t"):
                yield textwrap.dedent("\n".join([*segment, ""]))
                segment = []
            else:
                segment.append(line.replace(BOUNDARY, ""))
        yield textwrap.dedent("\n".join(segment))


def _parts(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Runs of lines, and whether they are fenced code."""
    run: list[str] = []
    fence = ""
    for line in lines:
        opened = None if fence else _FENCE.match(line)
        if opened:
            if run:
                yield "\n".join(run), False
            run, fence = [line], opened.group(1)
            continue
        run.append(line)
        bare = line.strip()
        if fence and len(bare) >= len(fence) and not bare.strip(fence[0]):
            yield "\n".join(run), True
            run, fence = [], ""
    if run:
        yield "\n".join(run), bool(fence)


def _without_statements(lines: list[str]) -> Iterator[str]:
    position = 0
    while position < len(lines):
        end = position + 1
        if _STATEMENT.match(lines[position]):
            closed, end = _end_of_statement(lines, position)
            if closed:
                position = end
        yield from lines[position:end]
        position = end


def _end_of_statement(lines: list[str], start: int) -> tuple[bool, int]:
    """Whether its last bracket is closed, and the line after; no line is looked at twice."""
    balance = 0
    window = lines[start : start + _MAX_STATEMENT_LINES]
    for position, line in enumerate(window, start=start):
        balance += sum(map(line.count, "{([")) - sum(map(line.count, "})]"))
        if balance <= 0:
            return True, position + 1
    return False, start + len(window)
