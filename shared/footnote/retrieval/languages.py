"""Which language a text is in, by the words that stand in nearly every text of a language."""

import re
from collections import Counter
from functools import cache, lru_cache

from footnote.retrieval.stop_words import STOP_WORDS

DEFAULT_LANGUAGE = "english"
# What is looked at: a language shows within a page, and long texts would only cost time.
_LOOKED_AT = 4000
# A text has a language where so many of its words are that language's, ...
_LEAST_WORDS, _LEAST_SHARE = 2, 0.12
# ... and clearly more than those of any other.
_LEAD = 1.25
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str, *, otherwise: str = DEFAULT_LANGUAGE) -> str:
    """The language of a text, as Snowball calls it; `otherwise` where its words do not tell."""
    return _told(text[:_LOOKED_AT]) or otherwise


@lru_cache(maxsize=1024)
def _told(text: str) -> str | None:
    words = Counter(_WORD.findall(text.lower()))
    total = words.total()
    languages = _languages()
    found = Counter(dict.fromkeys(STOP_WORDS, 0))
    for word in words.keys() & languages.keys():
        for language in languages[word]:
            found[language] += words[word]
    (language, best), (_, second) = found.most_common(2)
    if best < _LEAST_WORDS or best < _LEAST_SHARE * total or best < _LEAD * second:
        return None
    return language


@cache
def _languages() -> dict[str, list[str]]:
    """Those that each of the words is one of."""
    found: dict[str, list[str]] = {}
    for language, words in STOP_WORDS.items():
        for word in words:
            found.setdefault(word, []).append(language)
    return found
