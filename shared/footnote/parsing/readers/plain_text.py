"""Plain text and logs to paragraphs, line breaks and all, in one pass over the lines."""

import re
from collections.abc import Iterator

from unstructured.documents.elements import Element, ElementMetadata, ListItem, Text, Title

from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading

_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\*{3,})\s*")
_BULLET = re.compile(r"\s*(?:[-*•‣·]|\d{1,3}[.)]|[a-z][.)])\s+\S")
_NAMED_TITLE = re.compile(r"\s*title:[ \t]*(\S.*)", re.IGNORECASE)
# Marks of a heading stand apart from it at its end; those of 'C#' do not.
_HASHES = re.compile(r"\A#+\s*|\s+#+\Z")
_TITLE_CHARS = 80
_TITLE_WORDS = 12


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Paragraphs between blank lines; a short line above a blank one or an underline is a title."""
    return read_text(decode(content), limits)


def read_text(text: str, limits: ParsingLimits) -> Reading:
    """The same for a text that is decoded already."""
    del limits
    # One at a time: each takes some kilobytes, and a text may have a million.
    elements = (element for paragraph in _paragraphs(text) for element in _elements(paragraph))
    named = _NAMED_TITLE.match(text)
    return Reading(elements=elements, title=named.group(1) if named else None)


def _paragraphs(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            lines.append(line.rstrip())
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _elements(lines: list[str]) -> Iterator[Element]:
    underlined = len(lines) > 1 and _UNDERLINE.fullmatch(lines[1]) is not None
    if underlined and len(lines[0]) <= _TITLE_CHARS:
        yield _title(lines[0], depth=0 if lines[1].startswith("=") else 1)
        lines = lines[2:]
    elif _looks_like_title(lines[0]) and (len(lines) == 1 or lines[0].isupper()):
        yield _title(lines[0], depth=1)
        lines = lines[1:]
    if lines:
        kind = ListItem if _BULLET.match(lines[0]) else Text
        yield kind("\n".join(lines))


def _title(line: str, depth: int) -> Title:
    return Title(_HASHES.sub("", line.strip()), metadata=ElementMetadata(category_depth=depth))


def _looks_like_title(line: str) -> bool:
    text = line.strip()
    words = text.split()
    return (
        len(text) <= _TITLE_CHARS
        and len(words) <= _TITLE_WORDS
        and text[0].isalnum()
        and not text[0].islower()
        and text[-1] not in ".,;:!?"
        and any(character.isalpha() for character in text)
        and not _BULLET.match(line)
    )
