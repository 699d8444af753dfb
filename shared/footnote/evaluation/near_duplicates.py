"""Questions that ask the same in nearly the same words, which a split must not tear apart.

Words count by how rare they are, so that "how do I reset X" and "how do I reset Y" stay two
questions, and one with a "please" more or its words in another order is the same.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from footnote.domain.grouping import together
from footnote.evaluation.wording import squad_words

# The share of the weight of all their words that two texts have in common.
ALIKE = 0.7
# Frequent words tell nothing; two texts that only share those are not compared.
_FREQUENT = 10


def groups(texts: Sequence[str]) -> list[int]:
    """A number for each text; texts that are nearly the same, also by way of others, share it."""
    return together(len(texts), pairs(texts))


def repeated(texts: Sequence[str], known: Iterable[str]) -> list[int]:
    """The places of those texts that are nearly the same as a known one."""
    every = [*texts, *known]
    return sorted({early for early, late in pairs(every) if early < len(texts) <= late})


def pairs(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of two texts that are alike, the earlier one first; each pair once."""
    words = [frozenset(squad_words(text)) for text in texts]
    found_in = Counter(word for one in words for word in one)
    weights = {word: math.log(1 + len(texts) / count) for word, count in found_in.items()}
    totals = [sum(weights[word] for word in one) for one in words]
    frequent = max(_FREQUENT, len(texts) // 50)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(words):
        telling = [word for word in one if found_in[word] <= frequent]
        for other in {place for word in telling or one for place in places[word]}:
            common = sum(weights[word] for word in one & words[other])
            if common >= ALIKE * (totals[at] + totals[other] - common):
                yield other, at
        for word in one:
            places[word].append(at)
