"""Reads a text into tokens."""

import re
from collections.abc import Iterator
from dataclasses import replace

from footnote.answering.amounts import added_up, with_units
from footnote.answering.dates import When, find_dates
from footnote.answering.languages import Language
from footnote.answering.links import linked
from footnote.answering.numbers import number_key, unit_beside_number, unit_name
from footnote.answering.tokens import Kind, Token, normalised

_URL = r"[a-z][a-z0-9+.-]{1,30}://[^\s<>\"'\])}|]*[^\s<>\"'\])}|.,;:!?]"
_MAIL = r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"
_VERSION = r"(?<![\w.])v?\d+(?:\.\d+){2,}(?:[-+]?[a-z]\w*)?(?![\w])"
_FRACTION = r"(?<![\w./,-])(?:1/[2-9]|[23]/[3-9]|[4-9]/(?:[5-9]|10))(?![\w/]|[.,]\d)"
_NUMBER = (
    r"(?<![\w.])(?:(?<![\w)\]])[-+\u00b1])?\d+(?:[.,']\d+)*(?:e[-+]?\d+(?!\w))?"
    r"(?![\w.,']\d)(?![^\W\d_]{5})"
)
_WORD = (
    r"(?:(?<![\w-])--?(?=[a-z]))?(?:\.|~(?=[/a-z]))?/?"
    r"\w+(?:(?:[._/:@#\\+=&'-]|::|->)\w+)*(?:\+\+|#(?!\w))?"
)
_SIGN = r"[%\u20ac$\u00a3\u00a5]|\u00b0[CF]|[<>]=?|[\u2264\u2265]"
# What says that a number is not just that: 'some', 'or more', 'times'.
_ABOUT = r"[~\u2248\u223c](?=\s?[\d\u20ac$\u00a3\u00a5])|(?<=\d)\+(?!\w)|[\u2030\u00d7\u00f7]"
_TOKEN = re.compile(
    f"(?P<name>{_URL}|{_MAIL})|(?P<version>{_VERSION})|(?P<fraction>{_FRACTION})"
    f"|(?P<number>{_NUMBER})|(?P<word>{_WORD})|(?P<sign>{_SIGN})|(?P<about>{_ABOUT})",
    re.IGNORECASE,
)
_CODE = re.compile(r"`([^`\n]+)`")
_PARTS = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"[a-z][A-Z]|[A-Z]{2,}[a-z]{2}|\d")
_STRUCTURE = re.compile(r"[._/:@#\\+=&]|^--?|->")
_SHORT_OPTION = re.compile(r"-\w")
_PLAIN_PAIR = re.compile(r"[^\W\d_]+(?:['/-][^\W\d_]+)+")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_PAUSE = re.compile(
    r"[,;:.!?()\[\]{}|\u00b7\u2022\u3001\u3002\uff0c]|--|\s-\s|\n\s*\n|\n\s*[-*+#|>]"
)
_SENTENCE = re.compile(r"[.!?:\"\u201c]|\n\s*[\n*+#|>-]")


def read_tokens(text: str, language: Language | None) -> list[Token]:
    """The tokens of a text, free words included; words are stemmed as in `language`."""
    text = normalised(text)
    tokens = list(_Reader(text, language).tokens())
    return list(linked(with_units(added_up(tokens, language), language), language))


class _Reader:
    """One text on its way to tokens; without a language no word is free and none negates."""

    def __init__(self, text: str, language: Language | None) -> None:
        self._text = text
        self._language = language
        self._code = [found.span() for found in _CODE.finditer(text)]
        self._end = 0
        self._opener = ""
        self._paused = True
        self._starts = self._begins = True

    def tokens(self) -> Iterator[Token]:
        """Dates first: the rest is read between them."""
        start = 0
        for when in find_dates(self._text, self._language):
            yield from self._between(start, when.start)
            yield self._placed(_date_token(when, self._text), when.start, when.end)
            start = when.end
        yield from self._between(start, len(self._text))

    def _between(self, start: int, end: int) -> Iterator[Token]:
        for found in _TOKEN.finditer(self._text, start, end):
            raw = found.group()
            for token in self._read(found.lastgroup or "", raw, found.start()):
                yield self._placed(token, found.start(), found.end())

    def _read(self, group: str, raw: str, start: int) -> Iterator[Token]:
        if group == "number" or (group == "version" and _THOUSANDS.fullmatch(raw)):
            yield _token(Kind.NUMBER, number_key(raw, self._language), raw)
        elif group == "fraction":
            yield _token(Kind.NUMBER, raw, raw)
        elif group == "about":
            yield replace(_token(Kind.WORD, raw, raw), qualifies=True)
        elif group == "sign":
            yield _token(Kind.UNIT if unit_beside_number(raw) else Kind.WORD, raw, raw)
        elif group in {"name", "version"} or self._is_identifier(raw, start):
            # '-f' and '-F' are two options.
            key = raw if _SHORT_OPTION.fullmatch(raw) else raw.lower().strip("./:")
            yield _token(Kind.IDENTIFIER, key, raw)
        else:
            yield from self._words(raw)

    def _is_identifier(self, raw: str, start: int) -> bool:
        if _HUMP.search(raw):
            return True
        in_code = any(begin < start < end for begin, end in self._code)
        return not _PLAIN_PAIR.fullmatch(raw) and (in_code or bool(_STRUCTURE.search(raw)))

    def _words(self, raw: str) -> Iterator[Token]:
        whole = self._number_word(raw.lower())
        if whole is not None:
            yield _token(Kind.NUMBER, whole, raw)
            return
        for part in _PARTS.findall(raw.replace("'s", "").replace("'S", "")):
            if _EAST_ASIAN.search(part):
                yield from (_token(Kind.WORD, sign, sign) for sign in part)
            else:
                yield self._word(part)

    def _word(self, raw: str) -> Token:
        word, language = raw.lower(), self._language
        if language is None:
            return _token(Kind.WORD, word, raw)
        number = self._number_word(word)
        if number is not None:
            return _token(Kind.NUMBER, number, raw)
        if word in language.negations:
            return _token(Kind.NEGATION, language.negations[word], raw)
        if raw in language.acronyms:
            return _token(Kind.WORD, raw, raw)
        if word in language.unclaimed:
            return _token(Kind.FREE, word, raw)
        unit = unit_name(word)
        if unit is not None:
            return _token(Kind.UNIT, unit, raw)
        month = language.months.get(word, 0)
        token = _token(Kind.WORD, language.stem(word), raw)
        return replace(
            token,
            limits=word in language.limits or word in language.binding,
            qualifies=word in language.qualifiers or word in language.bounding,
            month=month,
        )

    def _number_word(self, word: str) -> str | None:
        """'thirty' as 30; words that are articles as well are no numbers."""
        language = self._language
        if language is None or word in language.one or word not in language.numbers:
            return None
        return str(language.numbers[word])

    def _placed(self, token: Token, start: int, end: int) -> Token:
        """The token with what stands before it; parts of one word have nothing between them."""
        gap = self._text[self._end : start] if start >= self._end else ""
        paused = self._paused or bool(_PAUSE.search(gap))
        starts = self._starts or bool(_SENTENCE.search(gap))
        self._end, language = max(end, self._end), self._language
        opener = "" if gap and _PAUSE.search(gap) else self._opener
        word = token.raw.lower()
        self._opener = opener if language and word in language.one | {"the"} else ""
        opening = language is not None and word in language.ties
        if opening:
            self._opener = word
        # A pause before a free word is one before the word that it belongs to.
        self._paused = paused and token.kind is Kind.FREE
        begins, self._begins = self._begins or starts, False
        if token.kind is Kind.FREE:
            self._begins = begins
        self._starts = False
        capital = token.raw[:1].isupper() and (not starts or token.raw.isupper())
        # German writes all nouns with a capital.
        tells = language is None or language.name != "german" or token.raw.isupper()
        named = capital and tells and len(token.raw) > 1 and token.kind is Kind.WORD
        return replace(
            token,
            before=opener,
            paused=paused,
            begins=begins,
            opens=bool(opener),
            named=named,
        )


def _token(kind: Kind, key: str, raw: str) -> Token:
    return Token(kind=kind, key=key, raw=raw)


def _date_token(when: When, text: str) -> Token:
    raw = text[when.start : when.end]
    if when.dates is None:
        return _token(Kind.TIME, when.time, raw)
    return Token(kind=Kind.DATE, key=raw.lower(), raw=raw, dates=when.dates)
