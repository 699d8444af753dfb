"""Reads numbers that are written in several words: 'two thousand five hundred and twenty'."""

from collections.abc import Sequence

from footnote.answering.languages import Language
from footnote.answering.numbers import scale_of
from footnote.answering.small_words import AND
from footnote.answering.tokens import Kind, Token


def spelled(tokens: Sequence[Token], at: int, language: Language) -> tuple[int, int] | None:
    """The number that the words from `at` on come to and how many they are; None of one word.

    'One' counts as a number before a scale and behind tens only, as it is an article as well.
    """
    reading = _Reading(language)
    end = at
    while end < len(tokens) and (end == at or not tokens[end].paused):
        step = 2 if end > at and tokens[end].raw.lower() in AND else 1
        place = end + step - 1
        following = tokens[place + 1 : place + 2]
        if place >= len(tokens) or not reading.take(tokens[place], following):
            break
        end = place + 1
    return (reading.value, end - at) if end - at > 1 else None


class _Reading:
    """A number on its way: whole thousands, and what has been read since."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._whole = self._rest = 0
        self._smallest_scale = 10**12

    @property
    def value(self) -> int:
        return self._whole + self._rest

    def take(self, token: Token, following: Sequence[Token]) -> bool:
        """Whether the word goes on with the number."""
        word = token.raw.lower()
        scale = scale_of(word, self._language)
        if scale is not None:
            return self._scale(scale)
        number = self._number(token, word, following)
        if number is None or not self._fits(number):
            return False
        self._rest += number
        return True

    def _number(self, token: Token, word: str, following: Sequence[Token]) -> int | None:
        if not word[:1].isalpha():
            return None
        if word in self._language.one:
            scales = [scale_of(one.raw.lower(), self._language) for one in following]
            counts = (self._rest % 100 >= 20) or (self.value == 0 and any(scales))
            return 1 if counts else None
        return int(token.key) if token.kind is Kind.NUMBER and token.key.isdigit() else None

    def _fits(self, number: int) -> bool:
        """Tens go on with units, hundreds with both."""
        if number >= 100:
            return self._rest == 0
        below = self._rest % 100
        return below == 0 or (number < 10 and below >= 20 and below % 10 == 0)

    def _scale(self, scale: int) -> bool:
        if scale == 100:
            fits = self._rest < 100
            self._rest = max(self._rest, 1) * 100 if fits else self._rest
            return fits
        fits = scale < self._smallest_scale
        if fits:
            self._whole += max(self._rest, 1) * scale
            self._rest, self._smallest_scale = 0, scale
        return fits
