"""Masks personal data in rows to train with: the same value by the same word, wherever it stands.

Only what has a form of its own is found: addresses of mail, telephone numbers with a country's
code, bank accounts and payment cards whose check digits are right, and US social security numbers.
Names are not, nor network addresses, which documents give as examples.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

_LEAST_DIGITS, _MOST_DIGITS = 8, 15


@dataclass(slots=True)
class Masker:
    """Masks the texts of one row; a value that comes again gets the word that it got before."""

    known: dict[str, str] = field(default_factory=dict)

    def masked(self, text: str) -> str:
        """The text without personal data, as `MAIL-1`."""
        for word, pattern, is_one in _KINDS:
            text = pattern.sub(partial(self._word, word, is_one), text)
        return text

    def _word(self, word: str, is_one: Callable[[str], bool], found: re.Match[str]) -> str:
        value = found.group()
        if not is_one(value):
            return value
        same = re.sub(r"[\s().-]", "", value).casefold() if word != "MAIL" else value.casefold()
        if same not in self.known:
            number = sum(name.startswith(f"{word}-") for name in self.known.values()) + 1
            self.known[same] = f"{word}-{number}"
        return self.known[same]


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _is_phone(text: str) -> bool:
    return _LEAST_DIGITS <= len(_digits(text)) <= _MOST_DIGITS


def _is_iban(text: str) -> bool:
    """By its check digits (ISO 13616): moved to the end, letters as numbers, it is 1 modulo 97."""
    compact = text.replace(" ", "")
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _is_card(text: str) -> bool:
    """By Luhn's check digit (ISO/IEC 7812)."""
    digits = [int(sign) for sign in _digits(text)]
    doubled = [one * 2 - 9 * (one > 4) for one in digits[-2::-2]]
    return len(digits) >= 13 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


# The longest forms first: what is masked is no digit any more.
_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("MAIL", re.compile(r"\b[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"), bool),
    (
        "ACCOUNT",
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        _is_iban,
    ),
    ("CARD", re.compile(r"(?<![\w.-])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w-])"), _is_card),
    (
        "PHONE",
        re.compile(r"(?<![\w+])(?<!\d )(?:\+|00)[1-9]\d{0,2}(?:[ ().-]{0,2}\d{1,5}){2,6}(?!\w)"),
        _is_phone,
    ),
    ("NUMBER", re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"), bool),
)
