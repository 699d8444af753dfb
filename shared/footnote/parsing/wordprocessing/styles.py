"""What a paragraph's style says of it: heading, list item, numbering, bold."""

import re
import zipfile
from dataclasses import dataclass
from typing import Any

from footnote.parsing.office_xml import ends
from footnote.parsing.wordprocessing.xml import VAL, W, is_on, number_of, value_of

_STYLES = "word/styles.xml"
# Built-in styles keep their English names in every language of Word; only their ids are localised.
_HEADING = re.compile(r"heading (\d)")
_NAMED_HEADINGS = {"title": 0, "subtitle": 1, "toc heading": 0}
_LIST = re.compile(r"list(?: (?:bullet|number|continue))?(?: (\d))?")
_BODY_LEVEL = 9
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """`heading` is a depth, 0 the highest; `listed` a list item's nesting."""

    heading: int | None = None
    listed: int | None = None
    num_id: str | None = None
    level: int | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Defined:
    name: str
    based_on: str | None
    outline: int | None
    num_id: str | None
    level: int | None
    bold: bool | None


class Styles:
    """The paragraph styles of a file, each looked up along the styles that it is based on."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._defined: dict[str | None, _Defined] = {}
        self._found: dict[str | None, Style] = {}
        for style in ends(archive, _STYLES, f"{W}style"):
            if style.get(f"{W}type") == "paragraph":
                made = _defined(style)
                self._defined[style.get(f"{W}styleId")] = made
                if style.get(f"{W}default") in ("1", "true", "on"):
                    self._defined[None] = made

    def of(self, style_id: str | None) -> Style:
        """The style with this id; without one, or where it is unknown, the default."""
        if style_id not in self._found:
            self._found[style_id] = _resolved(self._chain(style_id))
        return self._found[style_id]

    def _chain(self, style_id: str | None) -> list[_Defined]:
        chain: list[_Defined] = []
        style = self._defined.get(style_id) or self._defined.get(None)
        while style is not None and len(chain) < _LONGEST_CHAIN:
            chain.append(style)
            style = self._defined.get(style.based_on) if style.based_on else None
        return chain


def _defined(style: Any) -> _Defined:
    properties = style.find(f"{W}pPr")
    numbered = None if properties is None else properties.find(f"{W}numPr")
    bold = style.find(f"{W}rPr/{W}b")
    return _Defined(
        name=" ".join((value_of(style, "name") or "").casefold().split()),
        based_on=value_of(style, "basedOn"),
        outline=number_of(properties, "outlineLvl"),
        num_id=value_of(numbered, "numId"),
        level=number_of(numbered, "ilvl"),
        bold=None if bold is None else bold.get(VAL) is None or is_on(bold),
    )


def _resolved(chain: list[_Defined]) -> Style:
    levels = (found for style in chain if (found := _outline(style)) is not None)
    outline = next(levels, _BODY_LEVEL)
    return Style(
        heading=outline if 0 <= outline < _BODY_LEVEL else None,
        listed=_listed(chain[0].name) if chain else None,
        num_id=next((style.num_id for style in chain if style.num_id is not None), None),
        level=next((style.level for style in chain if style.level is not None), None),
        bold=next((style.bold for style in chain if style.bold is not None), False),
    )


def _outline(style: _Defined) -> int | None:
    """The level that the style sets itself, else the one that its name says."""
    if style.outline is not None:
        return style.outline
    numbered = _HEADING.fullmatch(style.name)
    return int(numbered[1]) - 1 if numbered else _NAMED_HEADINGS.get(style.name)


def _listed(name: str) -> int | None:
    found = _LIST.fullmatch(name)
    return None if found is None else int(found[1] or 1) - 1
