"""Takes the tags of components out of MDX, and leaves a mark where they stood."""

import re
from collections.abc import Iterator

# Stands for a tag, so that the caller sees which lines held nothing else.
BOUNDARY = "\x00"
_CODE_COMMENT_OR_TAG = re.compile(
    r"`+[^`\n]*`+"
    r"|\{[ \t\n]*/\*"
    r"|</?(?:(?P<name>[A-Za-z][\w.-]*(?::[\w-]+)?)(?=[\s/>])|(?=>))"
)
_END_OF_COMMENT = re.compile(r"\*/[ \t\n]*\}?")
_ATTRIBUTES = re.compile(r"[^<>\"'{}]+|\"[^\"]*\"|'[^']*'")
# Attributes that a visitor reads, as those of tabs, steps and cards.
_SHOWN = re.compile(
    r"(?<![\w-])(?:title|label|header|caption|summary|description|question)="
    r"(?:\"([^\"]*)\"|'([^']*)')"
)
# HTML's own blocks: what is in two of them is not one word.
_PARTING = frozenset(
    ("br", "td", "th", "tr", "li", "p", "div", "ul", "ol", "table", "section", "summary")
)
_MAX_TAG_CHARS = 5_000
_MAX_INDENT = 100


def without_tags(text: str) -> str:
    """The text with each tag replaced by the boundary mark; code between backticks is left alone.

    A tag at the start of a line leaves the attributes that a visitor would read.
    """
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    position = 0
    last_end = text.rfind("*/")
    while found := _CODE_COMMENT_OR_TAG.search(text, position):
        yield text[position : found.start()]
        position = found.end()
        if found.group().startswith("`"):
            yield found.group()
        elif found.group().startswith("{"):
            # One that is not closed is no comment but text.
            closed = _END_OF_COMMENT.search(text, position) if position <= last_end else None
            yield "" if closed else found.group()
            position = closed.end() if closed else position
        else:
            end = _end_of_tag(text, position)
            tag = text[found.start() : end]
            position = end
            # A sign that opens no tag stays, and nothing behind it is looked at twice.
            yield _replaced(text, found, tag) if tag.endswith(">") else tag
    yield text[position:]


def _replaced(text: str, found: re.Match[str], tag: str) -> str:
    if found.group("name") in _PARTING:
        return f"{BOUNDARY}\n"
    before = text[max(0, found.start() - _MAX_INDENT) : found.start()]
    at_start = not before.strip() or not before.rpartition("\n")[2].strip()
    shown = [one or other for one, other in _SHOWN.findall(tag)] if at_start else []
    return BOUNDARY + "".join(f"\n\n{words}\n\n{BOUNDARY}" for words in shown)


def _end_of_tag(text: str, position: int) -> int:
    """Behind its `>`, or where it turns out to be none."""
    limit = min(len(text), position + _MAX_TAG_CHARS)
    depth = 0
    while position < limit:
        sign = text[position]
        if sign == ">" and not depth:
            return position + 1
        if sign == "<" and not depth:
            return position
        found = _ATTRIBUTES.match(text, position, limit)
        depth += {"{": 1, "}": -1}.get(sign, 0)
        position = found.end() if found else position + 1
    return position
