"""Tesseract's hOCR to lines: noise left out, turned upright, labels beside their values.

Source: the hOCR specification 1.2 (bbox, x_size, x_wconf, textangle).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

from lxml import etree

from footnote.parsing.pdf_layout.line import Line, Style

_LINE_CLASSES = frozenset({"ocr_line", "ocr_caption", "ocr_header", "ocr_textfloat"})
# Percent, a mean over the line's characters: below, most of it is a pattern or a foreign script.
_MIN_CONFIDENCE = 50.0
# A sign without a letter or digit is often a speck of dust; an isolated one nearly always.
_MIN_SIGN_CONFIDENCE = 60.0
_MIN_LONE_CONFIDENCE = 80.0
_ALNUM = re.compile(r"[^\W_]")
# What the round dot before a list's item is taken for.
_BULLET_SIGNS = frozenset("*+~«»•°·¢")

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A line in pixels, left, top, right and bottom from the picture's upper left corner."""

    text: str
    box: _Box
    size: float
    angle: int
    capitals_apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The page once it is upright: its width in points, its height in pixels, points a pixel."""

    page: int
    width: float
    height: float
    scale: float


def lines_of(hocr: bytes, *, page: int, width: float) -> list[Line]:
    """The lines of a page, `width` points wide, in Tesseract's reading order.

    `bold` stands for capitals in a paragraph of their own, since weight is not told.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(hocr, parser)
    found = [line for paragraph in _of_class(root, "ocr_par") for line in _paragraph(paragraph)]
    frame = _page_box(root)
    angle = Counter(line.angle for line in found).most_common(1)[0][0] if found else 0
    if angle % 180:
        width *= frame[3] / max(frame[2], 1.0)
    upright = [replace(line, box=_turned(line.box, frame, angle)) for line in found]
    across, down = (frame[3], frame[2]) if angle % 180 else (frame[2], frame[3])
    place = _Place(page=page, width=width, height=down, scale=width / max(across, 1.0))
    return _with_labels([_line(line, place) for line in upright])


def _of_class(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return (element for element in root.iter() if element.get("class") == name)


def _page_box(root: etree._Element) -> _Box:
    return next((_box(page) for page in _of_class(root, "ocr_page")), (0.0, 0.0, 1.0, 1.0))


def _paragraph(paragraph: etree._Element) -> list[_Found]:
    spans = [span for span in paragraph if span.get("class") in _LINE_CLASSES]
    found = [line for span in spans if (line := _found(span))]
    if not found:
        return []
    # A single line's size is estimated from which letters it has; the paragraph's is steadier.
    size = median(line.size for line in found)
    capitals = len(found) == 1 and found[0].text.isupper()
    return [replace(line, size=size, capitals_apart=capitals) for line in found]


def _found(span: etree._Element) -> _Found | None:
    words = [("".join(word.itertext()).strip(), _number(word, "x_wconf")) for word in span]
    kept = [
        (word, sure)
        for word, sure in words
        if word and (sure >= _MIN_SIGN_CONFIDENCE or _ALNUM.search(word))
    ]
    text = " ".join(word for word, _ in kept)
    if not _is_sure(text, kept):
        return None
    if words[0][0] in _BULLET_SIGNS:
        text = f"• {text.removeprefix(words[0][0]).lstrip()}"
    angle = round(_number(span, "textangle")) % 360
    return _Found(text=text, box=_box(span), size=_number(span, "x_size"), angle=angle)


def _is_sure(text: str, words: list[tuple[str, float]]) -> bool:
    characters = sum(len(word) for word, _ in words)
    sure = sum(len(word) * sure for word, sure in words) / max(characters, 1)
    readable = len(_ALNUM.findall(text))
    return readable > 0 and sure >= (_MIN_CONFIDENCE if readable > 1 else _MIN_LONE_CONFIDENCE)


def _number(element: etree._Element, name: str) -> float:
    found = re.search(rf"\b{name} (-?\d+(?:\.\d+)?)", element.get("title") or "")
    return float(found.group(1)) if found else 0.0


def _box(element: etree._Element) -> _Box:
    found = re.search(r"\bbbox (\d+) (\d+) (\d+) (\d+)", element.get("title") or "")
    left, top, right, bottom = map(float, found.groups()) if found else (0.0, 0.0, 1.0, 1.0)
    return left, top, right, bottom


def _turned(box: _Box, page: _Box, angle: int) -> _Box:
    """Where it stands once the page is turned so that most of its text reads from the left.

    `textangle` counts degrees against the clock, as the text would have been turned.
    """
    left, top, right, bottom = box
    width, height = page[2], page[3]
    turned = {
        90: (height - bottom, left, height - top, right),
        180: (width - right, height - bottom, width - left, height - top),
        270: (top, width - right, bottom, width - left),
    }
    return turned.get(angle, box)


def _line(found: _Found, on: _Place) -> Line:
    left, top, right, bottom = found.box
    return Line(
        text=found.text,
        page=on.page,
        page_width=on.width,
        left=left * on.scale,
        right=right * on.scale,
        bottom=(on.height - bottom) * on.scale,
        top=(on.height - top) * on.scale,
        style=Style(size=found.size * on.scale, bold=found.capitals_apart, italic=False),
    )


def _with_labels(lines: list[Line]) -> list[Line]:
    """In forms a label is often found apart from what stands to its right."""
    labels: dict[int, Line] = {}
    for label in lines:
        beside = [line for line in lines if label.text.endswith(":") and label.beside(line)]
        if beside:
            value = min(beside, key=lambda line: line.left)
            labels.setdefault(id(value), label)
    used = {id(label) for label in labels.values()}
    return [_labelled(line, labels.get(id(line))) for line in lines if id(line) not in used]


def _labelled(line: Line, label: Line | None) -> Line:
    return replace(line, text=f"{label.text} {line.text}", left=label.left) if label else line
