"""Dates and times of day in a text, whatever form they are written in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from footnote.answering.languages import Language, languages

_OF = r"(?:\s+(?:of|de|del|di|du))?"
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th|er|\.|\u00ba|\u00b0)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A day, a month or a year, as far as it is told."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def told_by(self, other: "Date") -> bool:
        """Whether the other date says all that this one says."""
        mine = (self.year, self.month, self.day)
        theirs = (other.year, other.month, other.day)
        return all(part is None or part == told for part, told in zip(mine, theirs, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A date or time in a text. `dates`: read with the day first, and with the month first."""

    start: int
    end: int
    dates: tuple[Date, Date] | None = None
    time: str = ""


def agree(said: tuple[Date, ...], told: tuple[Date, ...]) -> bool | None:
    """Whether a date is told by another; None where that hangs on the order of day and month."""
    readings = {mine.told_by(theirs) for mine, theirs in zip(said, told, strict=True)}
    return readings.pop() if len(readings) == 1 else None


def find_dates(text: str, language: Language | None) -> Iterator[When]:
    """Every date and time of day, in order; a bare year or month is none."""
    months = _months(language)
    for found in _pattern(language).finditer(text):
        parts = {name: value for name, value in found.groupdict().items() if value}
        when = _time(parts) if {"hour", "clock"} & parts.keys() else _dates(parts, months)
        if isinstance(when, str):
            yield When(start=found.start(), end=found.end(), time=when)
        elif when is not None:
            yield When(start=found.start(), end=found.end(), dates=when)


def _dates(parts: dict[str, str], months: dict[str, int]) -> tuple[Date, Date] | None:
    name = next((parts[key] for key in ("m1", "m2", "m3") if key in parts), None)
    if name is not None:
        # 'may' is a verb, 'May' a month.
        if name in {"may", "march", "mar"}:
            return None
        day = parts.get("d1") or parts.get("d2")
        year = parts.get("y1") or parts.get("y2") or parts.get("y3")
        return _twice(year, str(months[name.lower()]), day)
    if "iso_y" in parts:
        return _twice(parts["iso_y"], parts["iso_m"], parts["iso_d"])
    if "dot_d" in parts:
        return _twice(parts["dot_y"], parts["dot_m"], parts["dot_d"])
    first, second, year = parts["a"], parts["b"], parts["y"]
    if int(first) > 12:
        return _twice(year, second, first)
    if int(second) > 12:
        return _twice(year, first, second)
    return _date(year, second, first), _date(year, first, second)


def _twice(year: str | None, month: str, day: str | None) -> tuple[Date, Date] | None:
    date = _date(year, month, day)
    sound = 1 <= (date.month or 1) <= 12 and 1 <= (date.day or 1) <= 31
    return (date, date) if sound else None


def _date(year: str | None, month: str, day: str | None) -> Date:
    return Date(year=int(year) if year else None, month=int(month), day=int(day) if day else None)


def _time(parts: dict[str, str]) -> str:
    if "clock" in parts:
        hour, minute = int(parts["clock"]), int(parts["minute"])
    else:
        hour, minute = int(parts["hour"]), int(parts.get("past", "0"))
    half = (parts.get("half") or parts.get("half2") or "").replace(".", "").lower()
    if half == "pm" and hour < 12:
        hour += 12
    if half == "am" and hour == 12:
        hour = 0
    seconds = parts.get("seconds")
    return f"{hour}:{minute:02}" + (f":{seconds}" if seconds else "")


def _months(language: Language | None) -> dict[str, int]:
    return languages()[0].months | (language.months if language else {})


@cache
def _pattern(language: Language | None) -> re.Pattern[str]:
    names = "|".join(sorted(_months(language), key=len, reverse=True))
    half = r"[ap]\.?m\b\.?"
    return re.compile(
        r"(?<![\w.,/-])(?:"
        r"(?P<iso_y>\d{4})[-/](?P<iso_m>\d{1,2})[-/](?P<iso_d>\d{1,2})(?![\w/-])"
        r"|(?P<dot_d>\d{1,2})\.\s?(?P<dot_m>\d{1,2})\.\s?(?P<dot_y>\d{4})(?!\w|\.\d)"
        r"|(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>\d{4})(?![\w/-])"
        rf"|{_DAY.format('d1')}{_OF}\s+(?P<m1>{names})\b\.?(?:,?{_OF}\s+(?P<y1>\d{{4}})\b)?"
        rf"|(?P<m2>{names})\b\.?\s+{_DAY.format('d2')}(?![\d:.]\d|\w)(?:,?\s+(?P<y2>\d{{4}})\b)?"
        rf"|(?P<m3>{names})\b\.?,?{_OF}\s+(?P<y3>\d{{4}})\b"
        rf"|(?P<clock>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<seconds>[0-5]\d))?(?![\w:])"
        rf"(?:\s?(?P<half2>{half}))?(?:\s(?:Uhr|uur)\b)?"
        rf"|(?P<hour>[01]?\d|2[0-4])(?:[.h](?P<past>[0-5]\d))?\s?(?:(?P<half>{half})|(?:Uhr|uur)\b)"
        r")",
        re.IGNORECASE,
    )
