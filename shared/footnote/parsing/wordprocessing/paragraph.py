"""One paragraph of a DOCX file: what a reader sees of it, and what its properties say."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from footnote.parsing.wordprocessing.xml import MC, M, W, is_on, number_of, value_of

_TEXT, _FORMULA = f"{W}t", f"{M}t"
_BOX = f"{W}txbxContent"
_BREAK, _RENDERED = f"{W}br", f"{W}lastRenderedPageBreak"
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_SIGNS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}
_READ = (_TEXT, _FORMULA, _BREAK, _RENDERED, *_NOTES, *_SIGNS)
_VANISH = f"{W}vanish"
_FALLBACK = f"{MC}Fallback"
# What tracked changes took out, what a ruby says of its base's sound, and how things looked before.
_UNSEEN = (f"{W}del", f"{W}moveFrom", f"{W}rt", f"{W}pPrChange", f"{W}rPrChange", f"{W}tabs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Its text, and the numbers of page breaks before and within or after it.

    `num_id` is "0" where the paragraph takes off its style's numbering. `boxes` are the texts of
    what floats beside it, `notes` the kinds and ids of its footnotes and endnotes.
    """

    text: str
    style: str | None
    num_id: str | None
    level: int | None
    outline: int | None
    bold: bool | None
    breaks_before: int
    breaks_after: int
    notes: tuple[tuple[str, str], ...]
    boxes: tuple[str, ...]


def paragraph_of(element: Any, *, rendered: bool) -> Paragraph:
    """Takes the element apart: it is read once.

    `rendered` tells which breaks count: where Word noted down the pages that it drew, those.
    """
    boxes = _without_unseen(element)
    parts, before, after, notes = _content(element, rendered=rendered)
    properties = element.find(f"{W}pPr")
    numbered = None if properties is None else properties.find(f"{W}numPr")
    return Paragraph(
        text="".join(parts),
        style=value_of(properties, "pStyle"),
        num_id=value_of(numbered, "numId"),
        level=number_of(numbered, "ilvl"),
        outline=number_of(properties, "outlineLvl"),
        bold=_bold(element),
        breaks_before=before,
        breaks_after=after,
        notes=tuple(notes),
        boxes=tuple(text for box in boxes for text in _box_texts(box, rendered=rendered)),
    )


def _without_unseen(paragraph: Any) -> list[Any]:
    """Takes out what is not shown, and the outermost text boxes, which are returned."""
    boxes = []
    for element in list(paragraph.iter(*_UNSEEN, _FALLBACK, _VANISH, _BOX)):
        tag, parent = element.tag, element.getparent()
        if paragraph not in element.iterancestors():
            continue  # within what was taken out
        if tag == _BOX:
            boxes.append(element)
        elif tag == _VANISH:
            run = parent.getparent()
            if is_on(element) and run is not None and run.tag == f"{W}r":
                _take_out(run)
            continue
        elif tag == _FALLBACK and parent.find(f"{MC}Choice") is None:
            continue
        parent.remove(element)
    return boxes


def _take_out(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _content(
    paragraph: Any, *, rendered: bool
) -> tuple[list[str], int, int, list[tuple[str, str]]]:
    parts: list[str] = []
    breaks = [0, 0]
    notes: list[tuple[str, str]] = []
    for node in paragraph.iter(*_READ):
        tag = node.tag
        if tag in (_TEXT, _FORMULA):
            parts.append(node.text or "")
        elif tag == _BREAK and node.get(f"{W}type") != "page":
            parts.append("\n")
        elif tag in (_BREAK, _RENDERED):
            breaks[bool(parts)] += rendered is (tag == _RENDERED)
        elif tag in _NOTES:
            notes.append((_NOTES[tag], node.get(f"{W}id") or ""))
        else:
            parts.append(_SIGNS[tag])
    return parts, breaks[0], breaks[1], notes


def _bold(paragraph: Any) -> bool | None:
    """Whether every run that has text is set in bold, or none says so itself."""
    said: set[bool | None] = set()
    for run in paragraph.iter(f"{W}r"):
        if any((text.text or "").strip() for text in run.iterchildren(_TEXT)):
            switch = run.find(f"{W}rPr/{W}b")
            said.add(None if switch is None else is_on(switch))
            if len(said) > 1:
                return False
    return said.pop() if said else None


def _box_texts(box: Any, *, rendered: bool) -> Iterator[str]:
    own = [p for p in box.iter(f"{W}p") if next(p.iterancestors(_BOX), None) is box]
    for element in own:
        inner = paragraph_of(element, rendered=rendered)
        if inner.text.strip():
            yield inner.text
        yield from inner.boxes
