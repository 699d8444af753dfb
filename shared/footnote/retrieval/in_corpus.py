"""Is the answer in the documents at all? A probability from what retrieval found.

A logistic model of two figures: the best passage's cosine, and the idf-weighted share of the
question's terms that the best passages hold. Its coefficients were fitted offline on four sets of
documents, each with its own questions against the other sets' (docs/decisions/0004).
"""

import math

from footnote.domain.passage import Retrieval

# Cosines are on another scale for every embedding model, so each model has its own coefficients.
_COSINE, _COVERAGE, _INTERCEPT = 30.5, 10.0, -17.8
_CALIBRATED_MODEL = "all-MiniLM-L6-v2"
# Without a calibrated cosine only the words are left, and they are trusted less.
_COVERAGE_ALONE, _INTERCEPT_ALONE = 10.4, -4.5
DECLINE_BELOW = 0.35
DECLINE_BELOW_ALONE = 0.1


def answerable(found: Retrieval, embedding_model: str) -> bool:
    """Whether it is worth asking a model; a decline here costs nothing."""
    calibrated = embedding_model.startswith(_CALIBRATED_MODEL)
    limit = DECLINE_BELOW if calibrated else DECLINE_BELOW_ALONE
    return in_corpus_probability(found, embedding_model) >= limit


def in_corpus_probability(found: Retrieval, embedding_model: str) -> float:
    """How likely it is (0..1) that the documents speak of what the question asks."""
    if not found.passages:
        return 0.0
    if not embedding_model.startswith(_CALIBRATED_MODEL):
        return _logistic(_COVERAGE_ALONE * found.coverage + _INTERCEPT_ALONE)
    cosine = max(passage.cosine for passage in found.passages)
    return _logistic(_COSINE * cosine + _COVERAGE * found.coverage + _INTERCEPT)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))
