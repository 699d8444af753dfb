"""What the whole search would find by other embeddings of the same questions, without asking it.

The candidates of a question, more of them than a search looks at, come once from the index, with
their scores by words; those by meaning follow from the embeddings. Choosing, normalising and fusing
are those of `search.sql`, and a test holds the order against the live one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.domain.fusion import Weights
from footnote.tuning.folds import Source
from footnote.tuning.fusion import NOT_FOUND, Floats

type Singles = NDArray[np.float32]

DEPTH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """A question with the chunks that may be found for it.

    `chunks` and `documents` are rows of `Embedded`, `by_words` the unnormalised scores; `right`
    says of each whether its document answers. `gold` are rows of the chunks that answer, whether
    they may be found or not. Of equal scores the first chunk counts, so they come by chunk id.
    """

    source: Source
    vector: Singles
    chunks: NDArray[np.intp]
    documents: NDArray[np.intp]
    by_words: Floats
    right: NDArray[np.bool_]
    gold: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """Embeddings of chunks and of whole documents, a row for each.

    `each` is how many candidates a search takes by words and by meaning, and `weights` what it
    fuses their scores by.
    """

    chunks: Singles
    documents: Singles
    each: int
    weights: Weights


def document_rank(
    question: Neighbourhood, cosine: Floats, document_cosine: Floats, embedded: Embedded
) -> int:
    """Where the first right document stands, counting each document once.

    By the cosines of the chunks that may be found and of the documents that they are of, or by any
    multiple of both.
    """
    taken = _taken(cosine, question.by_words, embedded.each)
    if not taken.any() or not question.right[taken].any():
        return NOT_FOUND
    documents, right = question.documents[taken], question.right[taken]
    meaning, words, whole = embedded.weights
    score = (
        meaning * _spread(cosine[taken])
        + words * _share(question.by_words[taken])
        + whole * _spread(document_cosine[taken])
    )
    order = np.argsort(-score, kind="stable")
    first = int(np.argmax(right[order]))
    rank = len(np.unique(documents[order[: first + 1]]))
    return rank if first < DEPTH else NOT_FOUND


def _taken(cosine: Floats, by_words: Floats, each: int) -> NDArray[np.bool_]:
    """The nearest by meaning, and the best by words of those that share any."""
    taken = np.zeros(len(cosine), dtype=np.bool_)
    taken[np.argsort(-cosine, kind="stable")[:each]] = True
    best = np.argsort(-by_words, kind="stable")[:each]
    taken[best[by_words[best] > 0]] = True
    return taken


def _spread(scores: Floats) -> Floats:
    low, width = scores.min(), np.ptp(scores)
    return np.ones_like(scores) if width == 0 else (scores - low) / width


def _share(scores: Floats) -> Floats:
    top = scores.max()
    return np.zeros_like(scores) if top == 0 else scores / top
