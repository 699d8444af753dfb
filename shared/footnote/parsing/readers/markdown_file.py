"""Markdown to elements whose text is the source itself, so that every quote stands in the file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from unstructured.documents.elements import (
    CodeSnippet,
    Element,
    ElementMetadata,
    ListItem,
    Table,
    Text,
    Title,
)

from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n((?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
# YAML of a mapping: keys, and what belongs to the key above. Prose between two rules is neither.
_FRONT_KEY = re.compile(r"[\"']?[\w.@/-]+[\"']?[ \t]*:(?:[ \t]|\Z)")
_FRONT_REST = re.compile(r"[ \t]|-(?:[ \t]|\Z)")
_FRONT_TITLE = re.compile(r"^title:[ \t]*(\S.*)", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE_OR_COMMENT = re.compile(rf"`+[^`\n]*`+|{_COMMENT.pattern}", re.DOTALL)
_EMBEDDED_FILE = re.compile(r"\(data:[^()\s]{200,}\)")
_HEADING = "heading_open"
_LISTS = ("bullet_list_open", "ordered_list_open")
_KINDS: dict[str, type[Text]] = {
    "fence": CodeSnippet,
    "code_block": CodeSnippet,
    "table_open": Table,
    "list_item_open": ListItem,
}
# A list item up to this size stays whole; a longer one falls into its paragraphs and code blocks.
_WHOLE_ITEM_CHARS = 800
_UNDERLINED_CHARS = 100
_SEGMENT_LINES = 5_000


@dataclass(frozen=True, slots=True)
class _Block:
    """A block token, what is nested in it, and its lines: from `start` up to `end`."""

    token: Token
    children: list[Token]
    start: int
    end: int


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Blocks in order; links, emphasis, code fences and tables are kept as they are written."""
    text = decode(content)
    front = _front_matter(text)
    body = text[front.end() :] if front else text
    parser = MarkdownIt("commonmark", {"maxNesting": limits.max_nesting}).enable("table")
    # Inline markup stays as it is written; parsing it would be the slow and the dangerous part.
    parser.disable(["inline", "text_join"])
    return Reading(elements=_by_segments(parser, body), title=_front_title(front))


def _by_segments(parser: MarkdownIt, body: str) -> Iterator[Element]:
    """Parses some thousand lines at a time: tokens take fifty times the memory of their text.

    A block does not depend on what follows it, apart from the last one of a segment, which may go
    on: the next segment begins with it.
    """
    lines = body.split("\n")
    at, size = 0, _SEGMENT_LINES
    while at < len(lines):
        segment = lines[at : at + size]
        is_last = at + size >= len(lines)
        blocks = list(_blocks(parser.parse("\n".join(segment)), 0, len(segment)))
        if len(blocks) < 2 and not is_last:
            size *= 2
            continue
        for block in blocks if is_last else blocks[:-1]:
            yield from _elements(block, segment, depth=0)
        at, size = (len(lines) if is_last else at + blocks[-1].start), _SEGMENT_LINES


def _front_matter(text: str) -> re.Match[str] | None:
    found = _FRONT_MATTER.match(text)
    if found is None:
        return None
    lines = [line for line in found.group(1).split("\n") if line.strip() and line[0] != "#"]
    is_mapping = bool(lines) and _FRONT_KEY.match(lines[0]) is not None
    fits = all(_FRONT_KEY.match(line) or _FRONT_REST.match(line) for line in lines)
    return found if is_mapping and fits else None


def _front_title(front: re.Match[str] | None) -> str | None:
    found = _FRONT_TITLE.search(front.group(1)) if front else None
    return found.group(1).rstrip().strip("\"'") if found else None


def _blocks(tokens: list[Token], start: int, end: int) -> Iterator[_Block]:
    """The outermost blocks; each reaches to the start of the next, so that no line is lost."""
    pending: _Block | None = None
    for token, children in _outermost(tokens):
        line = token.map[0] if pending and token.map else start
        if pending:
            yield _Block(pending.token, pending.children, pending.start, line)
        pending = _Block(token, children, line, end)
    if pending:
        yield pending


def _outermost(tokens: list[Token]) -> Iterator[tuple[Token, list[Token]]]:
    opened = 0
    for index, token in enumerate(tokens):
        if token.level != tokens[0].level:
            continue
        if token.nesting == 1:
            opened = index
        elif token.nesting == -1:
            yield tokens[opened], tokens[opened + 1 : index]
        else:
            yield token, []


def _elements(block: _Block, lines: list[str], depth: int) -> Iterator[Element]:
    kind = block.token.type
    source = "\n".join(lines[block.start : block.end])
    if kind == _HEADING and _is_heading(block):
        level = int(block.token.tag[1:]) - 1
        yield Title(block.children[0].content, metadata=ElementMetadata(category_depth=level))
        yield from _after_heading(block, lines)
    elif kind in _LISTS and block.children:
        for item in _blocks(block.children, block.start, block.end):
            yield from _elements(item, lines, depth)
    elif kind == "list_item_open" and block.children and len(source) > _WHOLE_ITEM_CHARS:
        for child in _blocks(block.children, block.start, block.end):
            yield from _nested(child, lines, depth + 1)
    else:
        # HTML hides what follows a comment that is not closed; Markdown shows it.
        shown = _COMMENT.sub("", source) if kind == "html_block" else source
        yield from _verbatim(_KINDS.get(kind, Text), shown, depth)


def _is_heading(block: _Block) -> bool:
    """AsciiDoc rules off its notes with dashes, which Markdown takes for underlines."""
    text = block.children[0].content
    return block.token.markup.startswith("#") or (
        len(text) <= _UNDERLINED_CHARS
        and "\n" not in text
        and not text.endswith((".", ":", ";"))
        and not text.startswith("[")
    )


def _after_heading(block: _Block, lines: list[str]) -> Iterator[Element]:
    """Link definitions make no token, so they may stand between a heading and the next block."""
    heading_end = block.token.map[1] if block.token.map else block.end
    yield from _verbatim(Text, "\n".join(lines[heading_end : block.end]), 0)


def _nested(block: _Block, lines: list[str], depth: int) -> Iterator[Element]:
    """Within a list item a paragraph is still part of a list, and a heading no section."""
    if block.token.type in ("paragraph_open", _HEADING):
        source = "\n".join(lines[block.start : block.end])
        yield from _verbatim(ListItem, source, depth)
    else:
        yield from _elements(block, lines, depth)


def _verbatim(kind: type[Text], source: str, depth: int) -> Iterator[Element]:
    text = _EMBEDDED_FILE.sub("(data:)", source)
    if kind is not CodeSnippet:
        text = _CODE_OR_COMMENT.sub(_unless_hidden, text)
    text = text.strip("\n").rstrip()
    if text.strip() and text.strip() != "---":
        yield kind(text, metadata=ElementMetadata(category_depth=depth))


def _unless_hidden(found: re.Match[str]) -> str:
    """Code as it is, and what only looks like the start of a comment."""
    text = found.group()
    return "" if text.startswith("<!--") and text.endswith("-->") else text
