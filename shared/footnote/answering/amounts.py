"""Puts the tokens of an amount together: numbers in several words, and units beside numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from footnote.answering.languages import Language
from footnote.answering.number_words import spelled
from footnote.answering.numbers import scaled, unit_beside_number, without_trailing_zeros
from footnote.answering.tokens import Kind, Token

_LONGEST_SYMBOL = 3
_CURRENCIES = {"euro", "dollar", "pound", "franc", "yen"}
_PER = {"per", "pro", "par", "por", "al", "je", "alla", "all", "a"}


def added_up(tokens: Sequence[Token], language: Language | None) -> Iterator[Token]:
    """Numbers in several words as one number, '10 million' as what it comes to."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        words = spelled(tokens, at, language) if language else None
        if words:
            token = replace(token, kind=Kind.NUMBER, key=str(words[0]), named=False)
            at += words[1] - 1
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind is Kind.NUMBER and following and not following.paused:
            by = scaled(token.key, following.raw.lower())
            token, at = (replace(token, key=by), at + 1) if by else (token, at)
        yield token
        at += 1


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
        elif following and token.kind is Kind.NUMBER and _is_symbol(following):
            # 5 MW are not 5 mW.
            yield token
            yield replace(following, key=following.raw)
            at += 1
        elif following and following.kind is Kind.NUMBER and _currency(token):
            yield _in_place_of(token, replace(following, key=without_trailing_zeros(following.key)))
            yield Token(kind=Kind.UNIT, key=_currency(token), raw=token.raw)
            at += 1
        elif following and following.kind is Kind.UNIT and _is_one(token, language):
            yield from _one_unit(token, following)
            at += 1
        else:
            yield token
        at += 1


def _is_symbol(token: Token) -> bool:
    raw = token.raw
    short = token.kind is Kind.WORD and len(raw) <= _LONGEST_SYMBOL
    return short and not token.paused and not raw.islower()


def _in_place_of(first: Token, token: Token) -> Token:
    """The token with what stands before another one, whose place it takes."""
    return replace(
        token,
        before=first.before,
        paused=first.paused,
        opens=first.opens,
        begins=first.begins,
    )


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
