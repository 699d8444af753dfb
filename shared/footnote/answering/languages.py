"""What is known of each language that citations are checked in: `languages.toml`, read once."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from threading import local
from typing import Any

_WORD = re.compile(r"[^\W\d_]+")
# Of running text a third or more is function words; lists of names and code have hardly any.
_LEAST_SHARE = 0.15
# A language shows within a page.
_LOOKED_AT = 4000
_UNREAD = "unread"
_stemmers = local()


@dataclass(frozen=True, kw_only=True, eq=False)
class Language:
    """The words of one language by what they do in a sentence; all but acronyms are lower case."""

    name: str
    free: frozenset[str]
    prepositions: frozenset[str]
    conjunctions: frozenset[str]
    limits: frozenset[str]
    qualifiers: frozenset[str]
    hedges: frozenset[str]
    binding: frozenset[str]
    bounding: frozenset[str]
    conditions: frozenset[str]
    relatives: frozenset[str]
    cases: frozenset[str]
    acronyms: frozenset[str]
    hundred: frozenset[str]
    negations: dict[str, str]
    verbs: dict[str, str]
    persons: dict[str, str]
    numbers: dict[str, int]
    months: dict[str, int]
    one: frozenset[str]
    irregular: dict[str, str]
    stemmer: str

    def hits(self, text: str) -> int:
        """How many words of a text are function words of this language."""
        return sum(word.lower() in self.function_words for word in _WORD.findall(text))

    @cached_property
    def function_words(self) -> frozenset[str]:
        """The words that running text in this language is full of."""
        return self.free | self.prepositions | self.conjunctions | self.negations.keys()

    @cached_property
    def ties(self) -> frozenset[str]:
        """The words that say how what follows belongs to what stands before it."""
        return self.prepositions | self.conjunctions

    @cached_property
    def unclaimed(self) -> frozenset[str]:
        """The words that are no part of what is said, but show how its parts belong together."""
        return self.free | self.prepositions | (self.conjunctions - self.limits)

    def stem(self, word: str) -> str:
        """The part of a lower-case word that its forms have in common."""
        word = self.irregular.get(word, word)
        stemmers = _stemmers.__dict__
        if self.stemmer not in stemmers:
            from Stemmer import Stemmer

            stemmers[self.stemmer] = Stemmer(self.stemmer)
        return str(stemmers[self.stemmer].stemWord(word))


@cache
def languages() -> tuple[Language, ...]:
    """Every language that is known, English first."""
    tables = {name: table for name, table in _tables().items() if name != _UNREAD}
    return tuple(_language(name, table) for name, table in tables.items())


@cache
def _unread() -> tuple[frozenset[str], ...]:
    """The small words of languages whose negations and conditions are not known."""
    return tuple(frozenset(words.split()) for words in _tables()[_UNREAD].values())


@cache
def _tables() -> dict[str, dict[str, Any]]:
    text = files("footnote.answering").joinpath("languages.toml").read_text("utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=64)
def language_of(text: str, *, least_distinct: int = 2) -> Language | None:
    """The language whose function words the text is full of; None where it is in none of them."""
    words = _words(text)
    best, most = None, 0
    for language in languages():
        hits = _hits(words, language.function_words, least_distinct)
        if hits > most:
            best, most = language, hits
    share = most >= _LEAST_SHARE * words.total()
    return best if share and not _are_unread(words) else None


@lru_cache(maxsize=64)
def is_unread(text: str) -> bool:
    """Whether a text is rather in a language whose words are not known here."""
    return _are_unread(_words(text))


def _are_unread(words: Counter[str]) -> bool:
    known = max(_hits(words, language.function_words) for language in languages())
    return any(_hits(words, small) > known for small in _unread())


def _words(text: str) -> Counter[str]:
    return Counter(word.lower() for word in _WORD.findall(text[:_LOOKED_AT]))


def _hits(words: Counter[str], small: frozenset[str], least_distinct: int = 1) -> int:
    known = words.keys() & small
    return sum(words[word] for word in known) if len(known) >= least_distinct else 0


def _language(name: str, table: dict[str, Any]) -> Language:
    def words(key: str) -> frozenset[str]:
        return frozenset(table.get(key, "").split())

    def kinds(key: str) -> dict[str, str]:
        listed = table.get(key, {}).items()
        return {word: kind for kind, words in listed for word in words.split()}

    irregular = {form: word for word, forms in table["irregular"].items() for form in forms.split()}
    return Language(
        name=name,
        free=words("free"),
        prepositions=words("prepositions"),
        conjunctions=words("conjunctions"),
        limits=words("limits"),
        qualifiers=words("qualifiers"),
        hedges=words("hedges"),
        binding=words("binding"),
        bounding=words("bounding"),
        conditions=words("conditions"),
        relatives=words("relatives"),
        cases=words("cases"),
        acronyms=words("acronyms"),
        hundred=words("hundred"),
        negations=kinds("negation"),
        verbs=kinds("verbs"),
        persons=kinds("persons"),
        numbers=dict(_number_words(name, table)),
        months=dict(_month_words(table["months"].split())),
        one=words("one"),
        irregular=irregular,
        stemmer=table["stemmer"],
    )


def _month_words(months: list[str]) -> Iterator[tuple[str, int]]:
    """Each month by its name and the abbreviations of three and four letters that tell it apart."""
    for length in (3, 4):
        for number, month in enumerate(months, start=1):
            short = month[:length]
            if sum(other.startswith(short) for other in months) == 1:
                yield short, number
    yield from ((month, number) for number, month in enumerate(months, start=1))


def _number_words(name: str, table: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The words from 0 to 99 and whole hundreds, as far as they are written as one word."""
    hundreds = enumerate(table.get("hundreds", "").split(), start=1)
    yield from ((word, 100 * value) for value, words in hundreds for word in words.split("/"))
    small, tens, joint = table["numbers"].split(), table["tens"].split(), table["joint"]
    yield from ((word, value) for value, word in enumerate(small))
    for place, ten in enumerate(tens, start=2):
        yield ten, place * 10
        for unit in range(1, 10):
            yield from (
                (word, place * 10 + unit) for word in _joined(name, ten, small[unit], joint)
            )


def _joined(name: str, ten: str, unit: str, joint: str) -> tuple[str, ...]:
    if name == "german":
        return (("ein" if unit == "eins" else unit) + joint + ten,)
    if name == "dutch":
        unit = unit.replace("é", "e")
        return (unit + ("ën" if unit.endswith("e") else joint) + ten,)
    if name == "italian":
        return ((ten[:-1] if unit[0] in "uo" else ten) + unit,)
    if name == "spanish" and ten == "veinte":
        return ("veinti" + unit, "veinti" + unit.replace("dos", "dós").replace("tres", "trés"))
    return (f"{ten}-{unit}", f"{ten}-{joint}-{unit}")
