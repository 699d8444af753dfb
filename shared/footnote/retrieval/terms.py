"""Text to the terms of lexical search: words stemmed, identifiers split as well as kept whole."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, pairwise
from threading import local

from footnote.retrieval.languages import DEFAULT_LANGUAGE
from footnote.retrieval.stop_words import STOP_WORDS

# A word, or words joined by the signs that hold identifiers, versions, paths and codes together.
_TOKEN = re.compile(r"[^\W_]+(?:[._/:@#+\-'\u2019]+[^\W_]+)*")
_WORD = re.compile(r"[^\W_]+")
# camelCase, HTTPServer, and letters next to digits: the places where an identifier is split.
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_LINK_TARGET = re.compile(
    r"\]\((?:<[^>\n]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\)"
)
_LONGEST_TERM = 64

# Scripts that put no space between words: each pair of neighbouring signs is a term.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002ffff]+"
)

_stemmers = local()


def term_counts(text: str, *, language: str = DEFAULT_LANGUAGE) -> Counter[str]:
    """How often each term stands in a text, stemmed as in `language`; stop words are left out.

    Link targets of Markdown are left out too: people ask for what they read.
    """
    return Counter(chain.from_iterable(terms for terms, _ in _read(text, language)))


def written_terms(text: str, *, language: str = DEFAULT_LANGUAGE) -> Iterator[tuple[str, str]]:
    """The same one by one, each with the word as it was written, which no language changes."""
    for token in _TOKEN.findall(_visible(text)):
        yield from _split(token, language)


def pair_counts(text: str, *, language: str = DEFAULT_LANGUAGE) -> Counter[tuple[str, str]]:
    """How often two words follow each other in a text, stop words aside."""
    return Counter(pairwise(chain.from_iterable(stems for _, stems in _read(text, language))))


def both_counts(
    text: str, *, language: str = DEFAULT_LANGUAGE
) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """`term_counts` and `pair_counts` of a text that is read once."""
    read = _read(text, language)
    terms = chain.from_iterable(terms for terms, _ in read)
    stems = chain.from_iterable(stems for _, stems in read)
    return Counter(terms), Counter(pairwise(stems))


def _read(text: str, language: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Of each token its terms, and the stems of its words."""
    return [_read_token(token, language) for token in _TOKEN.findall(_visible(text))]


@lru_cache(maxsize=65_536)
def _read_token(token: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    stems = (_stem_of(word, language) for word in _WORD.findall(token))
    terms = (term for _, term in _split(token, language))
    return tuple(terms), tuple(stem for stem in stems if stem)


def _visible(text: str) -> str:
    return _LINK_TARGET.sub("]", unicodedata.normalize("NFKC", text))


def _stem_of(word: str, language: str) -> str | None:
    folded = word.lower()
    if folded in STOP_WORDS[language] or _UNSPACED.search(word):
        return None
    return _stem(folded, language)[:_LONGEST_TERM]


def _split(token: str, language: str) -> Iterator[tuple[str, str]]:
    """Each term, behind the word that it is of."""
    words = _WORD.findall(token)
    if len(words) > 1 and words[-1].lower() not in {"s", "t"}:
        yield _whole(token.lower())
    for word in words:
        if _UNSPACED.search(word):
            yield from _unspaced(word, language)
            continue
        yield from _stemmed([word], language)
        humps = _HUMP.findall(word) if word.isascii() else ()
        if len(humps) > 1:
            yield from (_term(hump.lower(), language) for hump in humps if len(hump) > 1)


def _unspaced(word: str, language: str) -> Iterator[tuple[str, str]]:
    for run in _UNSPACED.findall(word):
        yield from (_whole(run[at : at + 2]) for at in range(max(1, len(run) - 1)))
    yield from _stemmed(filter(None, _UNSPACED.split(word)), language)


def _stemmed(words: Iterable[str], language: str) -> Iterator[tuple[str, str]]:
    for word in words:
        folded = word.lower()
        if folded not in STOP_WORDS[language]:
            yield _term(folded, language)


def _whole(word: str) -> tuple[str, str]:
    return word, word[:_LONGEST_TERM]


def _term(word: str, language: str) -> tuple[str, str]:
    return word, _stem(word, language)[:_LONGEST_TERM]


def _stem(word: str, language: str) -> str:
    if not word.isascii() and language == DEFAULT_LANGUAGE:
        return word  # names and words of other languages, to which its rules do not apply
    stemmers = _stemmers.__dict__
    if language not in stemmers:
        from Stemmer import Stemmer

        stemmers[language] = Stemmer(language)
    return str(stemmers[language].stemWord(word))
