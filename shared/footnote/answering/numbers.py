"""Numbers and units as people write them, in the one form in which they are compared."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from footnote.answering.languages import Language

_GROUPED = re.compile(r"\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})*")
_SEVERAL_GROUPS = re.compile(r"\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})+")
# A single letter is a unit only where it stands right behind a number.
_SHORTEST_NAME = 3


def number_key(raw: str, language: Language | None) -> str:
    """The number with a full stop for its decimals and nothing between thousands.

    `1,500` is fifteen hundred in English and one and a half elsewhere; `1.500` the other way round.
    """
    sign = raw[0] if raw[0] in "-\u00b1" else ""
    digits, _, power = raw.lower().lstrip("+-\u00b1").partition("e")
    decimal = "." if language is None or language.name == "english" else ","
    grouped = _GROUPED.fullmatch(digits)
    if grouped and (grouped.group(1) != decimal or _SEVERAL_GROUPS.fullmatch(digits)):
        digits = digits.replace(grouped.group(1), "")
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0:
        whole = re.sub(r"[.,']", "", digits[:last])
        digits = f"{whole}.{digits[last + 1 :]}"
    digits = digits.replace("'", "")
    digits = digits.lstrip("0") or "0" if "." not in digits else digits
    return f"{sign}{digits}e{power}" if power else f"{sign}{digits}"


def without_trailing_zeros(key: str) -> str:
    """2.50 euros are 2.5 euros; version 2.50 is not version 2.5, so this is for amounts only."""
    return key.rstrip("0").rstrip(".") if "." in key and "e" not in key else key


def scaled(key: str, word: str) -> str | None:
    """10 and 'million' as 10000000; None where the word is no such scale."""
    scale = _tables()[2].get(word)
    if scale is None:
        return None
    whole, _, decimals = key.partition(".")
    zeros = len(str(scale)) - 1
    if len(decimals) > zeros:
        return None
    return (whole + decimals.ljust(zeros, "0")).lstrip("0") or "0"


def scale_of(word: str, language: Language) -> int | None:
    """What a lower-case word multiplies a number by that is written in words."""
    if word in language.hundred:
        return 100
    scale = _tables()[2].get(word)
    return scale if scale is not None and scale > 100 and len(word) >= _SHORTEST_NAME else None


def unit_name(word: str) -> str | None:
    """The unit that a lower-case word names, in any language."""
    return _tables()[0].get(word) if len(word) >= _SHORTEST_NAME else None


def unit_beside_number(raw: str) -> str | None:
    """The unit that a word or symbol next to a number is; symbols are compared as they are."""
    names, symbols, _ = _tables()
    return symbols.get(raw) or names.get(raw.lower())


@cache
def _tables() -> tuple[dict[str, str], dict[str, str], dict[str, int]]:
    tables = tomllib.loads(files("footnote.answering").joinpath("units.toml").read_text("utf-8"))
    names, symbols = (
        {word: unit for unit, listed in tables[kind].items() for word in listed.split()}
        for kind in ("names", "symbols")
    )
    scales = {word: int(by) for by, listed in tables["scales"].items() for word in listed.split()}
    return names, symbols, scales
