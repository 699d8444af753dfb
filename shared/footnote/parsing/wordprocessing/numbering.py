"""The numbers that Word writes before paragraphs: `3.2`, `b)`, `IV.`; they stand in no text."""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from footnote.parsing.office_xml import ends
from footnote.parsing.wordprocessing.xml import W, is_on, number_of, value_of

_PART = "word/numbering.xml"
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_MAX_NUMBER = 3_999
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    start: int
    form: str
    text: str
    restart: int | None
    legal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """A list in use: whose counters it shares, its levels, and where it starts anew."""

    counters: list[int | None]
    levels: dict[int, _Level]
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts along the document: `label` is to be asked once for each paragraph, in order."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        kinds: dict[str | None, _List] = {}
        self._lists: dict[str | None, _List] = {}
        for kind in ends(archive, _PART, f"{W}abstractNum"):
            levels = dict(map(_level, kind.iterchildren(f"{W}lvl")))
            kinds[kind.get(f"{W}abstractNumId")] = _List(counters=[None] * _LEVELS, levels=levels)
        for number in ends(archive, _PART, f"{W}num"):
            kind = kinds.get(value_of(number, "abstractNumId"))
            if kind is not None:
                self._lists[number.get(f"{W}numId")] = _overridden(kind, number)

    def label(self, num_id: str | None, level: int) -> str:
        """What stands before the next paragraph of this list; nothing for bullets."""
        found = self._lists.get(num_id)
        if found is None or not 0 <= level < _LEVELS or level not in found.levels:
            return ""
        _advance(found, level)
        own = found.levels[level]
        if own.form in ("bullet", "none"):
            return ""
        return _PLACE.sub(lambda place: _shown(found, own, int(place[1]) - 1), own.text).strip()


def _level(element: Any) -> tuple[int, _Level]:
    start = number_of(element, "start")
    return int(element.get(f"{W}ilvl") or 0), _Level(
        start=1 if start is None else start,
        form=value_of(element, "numFmt") or "decimal",
        text=value_of(element, "lvlText") or "",
        restart=number_of(element, "lvlRestart"),
        legal=is_on(element.find(f"{W}isLgl")),
    )


def _overridden(kind: _List, number: Any) -> _List:
    levels, restarts = dict(kind.levels), {}
    for override in number.iterchildren(f"{W}lvlOverride"):
        levels.update(map(_level, override.iterchildren(f"{W}lvl")))
        start = number_of(override, "startOverride")
        if start is not None:
            restarts[int(override.get(f"{W}ilvl") or 0)] = start
    return _List(counters=kind.counters, levels=levels, restarts=restarts)


def _advance(used: _List, level: int) -> None:
    counters = used.counters
    before = counters[level]
    # A list starts anew where it is used for the first time, and only there.
    start = used.restarts.pop(level, None)
    if start is None and before is not None:
        start = before + 1
    counters[level] = used.levels[level].start if start is None else start
    for deeper in range(level + 1, _LEVELS):
        restart = used.levels[deeper].restart if deeper in used.levels else None
        if restart is None or level < restart:
            counters[deeper] = None


def _shown(used: _List, own: _Level, level: int) -> str:
    of_level = used.levels.get(level)
    if of_level is None:
        return ""
    counted = used.counters[level]
    number = of_level.start if counted is None else counted
    form = "decimal" if own.legal else of_level.form
    return _FORMS.get(form, str)(number) if 0 < number <= _MAX_NUMBER else str(number)


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        written += letters * times
    return written


_FORMS: dict[str, Callable[[int], str]] = {
    "bullet": lambda _: "",
    "none": lambda _: "",
    "decimalZero": "{:02d}".format,
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
