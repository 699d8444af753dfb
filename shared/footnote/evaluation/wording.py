"""Texts compared: what counts as the same words, and how much of one stands in another."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

_MARKER = re.compile(r"\s*\[\d+\]")
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_NO_LETTER = re.compile(r"[\W_]+")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
# Long enough that two texts hardly share one by chance.
_SHINGLE_WORDS = 5
# The share of a gold text that a passage must hold, or of a passage that must be gold: a gold text
# may go over the end of a chunk.
_HOLDS = 0.5


def without_markers(answer: str) -> str:
    """An answer's words alone."""
    return _MARKER.sub("", answer)


def letters(text: str) -> str:
    """Letters and digits in compatible form and one case: layout and punctuation do not count."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())


def contains_one_of(answer: str, golds: Sequence[str]) -> bool:
    """Whether a gold answer stands in the answer, letter for letter."""
    said = letters(answer)
    return any(gold in said for gold in map(letters, golds) if gold)


def word_recall(answer: str, golds: Sequence[str]) -> float:
    """The share of a gold answer's different words that stand in the answer; of the best one."""
    said = set(squad_words(answer))
    wanted = [set(squad_words(gold)) for gold in golds]
    return max((len(words & said) / len(words) for words in wanted if words), default=0.0)


def token_f1(answer: str, golds: Sequence[str]) -> float:
    """F1 of words, of the best gold answer, as SQuAD measures it.

    Rajpurkar et al., "Know What You Don't Know" (2018), and its evaluation script: lower case,
    without punctuation and articles. Where one side has no words, 1 if neither has, else 0.
    """
    return max((_f1(squad_words(answer), squad_words(gold)) for gold in golds), default=0.0)


def squad_words(text: str) -> list[str]:
    """Words as SQuAD's evaluation script counts them."""
    return _ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def holds_gold(passage: str, golds: Sequence[str]) -> bool:
    """Whether a passage holds half of a gold text or more, or lies in it by half or more."""
    return any(_overlap(passage, gold) >= _HOLDS for gold in golds)


def stands_in(quote: str, texts: Sequence[str]) -> bool:
    """Whether a quote stands verbatim in one of the texts; white space does not count."""
    wanted = " ".join(quote.split())
    return bool(wanted) and any(wanted in " ".join(text.split()) for text in texts)


def _f1(said: list[str], gold: list[str]) -> float:
    if not said or not gold:
        return float(said == gold)
    common = (Counter(said) & Counter(gold)).total()
    return 2 * common / (len(said) + len(gold))


def _overlap(passage: str, gold: str) -> float:
    """The share of the shorter text's shingles that stand in the longer one."""
    size = min(_SHINGLE_WORDS, len(_folded_words(gold)))
    found, wanted = _shingles(passage, size), _shingles(gold, size)
    smaller = min(len(found), len(wanted))
    return len(found & wanted) / smaller if smaller else 0.0


# Several metrics look at the same passage, and several questions at the same chunk.
@lru_cache(maxsize=4096)
def _shingles(text: str, size: int) -> frozenset[tuple[str, ...]]:
    """Every run of `size` words; none of a text that has fewer."""
    words = _folded_words(text)
    starts = range(len(words) - size + 1) if size else ()
    return frozenset(tuple(words[at : at + size]) for at in starts)


def _folded_words(text: str) -> list[str]:
    return [word for word in map(letters, text.split()) if word]
