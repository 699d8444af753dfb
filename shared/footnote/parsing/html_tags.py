"""Which tags of HTML end a line of text, and which hold nothing that is read."""

from typing import Any

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS = frozenset({"ul", "ol", "dl", "menu"})
# All others, those of no standard too, stand within a line.
BLOCKS = HEADINGS | LISTS | frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "div", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "html",
    "legend", "li", "main", "nav", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr",
))  # fmt: skip
REMOVED = frozenset((
    "annotation", "audio", "datalist", "hr", "input", "ix:header", "noembed", "noframes", "rp",
    "rt", "title", "video", "xml",
))  # fmt: skip


def inline_text(node: Any) -> str:
    """All text within, on one line; blocks and line breaks part words, other tags do not."""
    if not len(node):
        return " ".join((node.text or "").split())
    return " ".join("".join(_parts(node)).split())


def _parts(node: Any) -> list[str]:
    parts = [node.text or ""]
    for child in node:
        gap = " " if child.tag in BLOCKS or child.tag in ("br", "img", "hr") else ""
        if child.tag not in REMOVED:
            parts += [gap, *_parts(child)]
        parts += [gap, child.tail or ""]
    return parts
