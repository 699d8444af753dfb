"""Text to the terms of lexical search: words stemmed, identifiers split as well as kept whole."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from threading import local

# A word, or words joined by the signs that hold identifiers, versions, paths and codes together.
_TOKEN = re.compile(r"[^\W_]+(?:[._/:@#+\-'\u2019]+[^\W_]+)*")
_WORD = re.compile(r"[^\W_]+")
# camelCase, HTTPServer, and letters next to digits: the places where an identifier is split.
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_LINK_TARGET = re.compile(
    r"\]\((?:<[^>\n]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\)"
)
_LONGEST_TERM = 64

# Words that stand in nearly every English question; where they are rare, idf could not tell.
_STOP_WORDS = """
a about also am an and any are as at be because been but by can could did do does doing done for
from had has have having he her hers him his how i if in into is it its itself just me my of on or
our ours out over own s she should so some such t than that the their theirs them then there these
they this those through to too under until up us very was we were what when where which while who
whom why will with would you your yours
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

_stemmers = local()


def term_counts(text: str, *, language: str = "english") -> Counter[str]:
    """How often each term stands in a text; stop words are left out.

    Link targets of Markdown are left out too: people ask for what they read.
    """
    visible = _LINK_TARGET.sub("]", unicodedata.normalize("NFKC", text))
    counts: Counter[str] = Counter()
    for token in _TOKEN.findall(visible):
        counts.update(_terms_of(token, language))
    return counts


@lru_cache(maxsize=65_536)
def _terms_of(token: str, language: str) -> tuple[str, ...]:
    return tuple(term[:_LONGEST_TERM] for term in _split(token, language))


def _split(token: str, language: str) -> Iterator[str]:
    words = _WORD.findall(token)
    if len(words) > 1 and words[-1].lower() not in {"s", "t"}:
        yield token.lower()
    for word in words:
        folded = word.lower()
        if folded not in STOP_WORDS:
            yield _stem(folded, language)
        humps = _HUMP.findall(word) if word.isascii() else ()
        if len(humps) > 1:
            yield from (_stem(hump.lower(), language) for hump in humps if len(hump) > 1)


def _stem(word: str, language: str) -> str:
    if not word.isascii() and language == "english":
        return word
    stemmers = _stemmers.__dict__
    if language not in stemmers:
        from Stemmer import Stemmer

        stemmers[language] = Stemmer(language)
    return str(stemmers[language].stemWord(word))
