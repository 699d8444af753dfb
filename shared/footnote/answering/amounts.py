"""Puts the tokens of an amount together: numbers in several words, and units beside numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from footnote.answering.languages import Language
from footnote.answering.numbers import scaled, unit_beside_number, without_trailing_zeros
from footnote.answering.tokens import Kind, Token

_JOINTS = {"y", "e", "et", "and"}
_CURRENCIES = {"euro", "dollar", "pound", "franc", "yen"}
_PER = {"per", "pro", "par", "por", "al", "je", "alla", "all", "a"}


def added_up(tokens: Sequence[Token]) -> Iterator[Token]:
    """'twenty five' and 'treinta y cinco' as one number, '10 million' as what it comes to."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        rest = tokens[at + 1 : at + 3]
        if len(rest) == 2 and rest[0].key in _JOINTS and _are_tens_and_unit(token, rest[1]):
            token, at = replace(token, key=str(int(token.key) + int(rest[1].key))), at + 2
        elif rest and _are_tens_and_unit(token, rest[0]):
            token, at = replace(token, key=str(int(token.key) + int(rest[0].key))), at + 1
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind is Kind.NUMBER and following and not following.paused:
            by = scaled(token.key, following.raw.lower())
            token, at = (replace(token, key=by), at + 1) if by else (token, at)
        yield token
        at += 1


def _are_tens_and_unit(tens: Token, unit: Token) -> bool:
    """Both written out, so that 20 and 5 in digits stay two numbers."""
    if not tens.kind is unit.kind is Kind.NUMBER or unit.paused:
        return False
    if not (tens.raw[:1].isalpha() and unit.raw[:1].isalpha()):
        return False
    return (
        tens.key.isdigit()
        and unit.key.isdigit()
        and (20 <= int(tens.key) < 100 and int(tens.key) % 10 == 0 and 0 < int(unit.key) < 10)
    )


def with_units(tokens: Iterable[Token], language: Language | None) -> Iterator[Token]:
    """Units behind their numbers, whichever came first; 'an hour' is a single one."""
    listed = list(tokens)
    at = 0
    while at < len(listed):
        token = listed[at]
        following = listed[at + 1] if at + 1 < len(listed) else None
        unit = unit_beside_number(following.raw) if following else None
        if following and token.kind is Kind.NUMBER and unit and not following.paused:
            yield replace(token, key=without_trailing_zeros(token.key))
            yield replace(following, kind=Kind.UNIT, key=unit, named=False)
            at += 1
        elif following and following.kind is Kind.NUMBER and _currency(token):
            yield replace(following, key=without_trailing_zeros(following.key), opens=token.opens)
            yield replace(token, kind=Kind.UNIT, key=_currency(token), named=False)
            at += 1
        elif following and following.kind is Kind.UNIT and _is_one(token, language):
            yield from _one_unit(token, following)
            at += 1
        else:
            yield token
        at += 1


def _currency(token: Token) -> str:
    unit = unit_beside_number(token.raw)
    return unit if unit in _CURRENCIES else ""


def _is_one(token: Token, language: Language | None) -> bool:
    word = token.raw.lower()
    return word in _PER or (language is not None and word in language.one)


def _one_unit(article: Token, unit: Token) -> Iterator[Token]:
    """'one hour' is said of a number; 'an hour' and 'per hour' are not."""
    if article.raw.lower() in {"one", "eins", "\u00e9\u00e9n"}:
        yield replace(article, kind=Kind.NUMBER, key="1")
        yield unit
    else:
        yield replace(unit, single=True, paused=article.paused, opens=article.opens)
