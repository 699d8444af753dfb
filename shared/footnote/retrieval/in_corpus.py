"""Is the answer in the documents at all? A probability from what retrieval found.

A logistic model of the best cosine, the share of the question's idf weight that the best passages
hold, the best BM25 score and its lead. The coefficients of the local model were fitted offline on
five sets of documents, each with its own questions against the other sets' (docs/decisions/0004);
`footnote tune retrieval` fits those of an index on its own questions.
"""

import math

from footnote.domain.passage import Evidence, Retrieval

type Calibration = tuple[float, ...]

# Of cosine, coverage, bm25 and margin, and the intercept. Cosines are on another scale for every
# embedding model, so each has coefficients of its own.
LOCAL: Calibration = (25.0, 3.7, 1.33, 9.9, -15.2)
_LOCAL_MODEL = "all-MiniLM-L6-v2"
# Without a calibrated cosine only the words are left, and they are trusted less.
WORDS_ALONE: Calibration = (0.0, 10.4, 0.0, 0.0, -4.5)
DECLINE_BELOW = 0.3
DECLINE_BELOW_ALONE = 0.1


def answerable(found: Retrieval) -> bool:
    """Whether it is worth asking a model; a decline here costs nothing."""
    limit = DECLINE_BELOW_ALONE if _calibration(found) is WORDS_ALONE else DECLINE_BELOW
    return in_corpus_probability(found) >= limit


def in_corpus_probability(found: Retrieval) -> float:
    """How likely it is (0..1) that the documents speak of what the question asks."""
    if not found.passages:
        return 0.0
    return probability(found.evidence, _calibration(found))


def probability(evidence: Evidence, calibration: Calibration) -> float:
    """What a calibration makes of the evidence."""
    *coefficients, intercept = calibration
    figures = (evidence.cosine, evidence.coverage, evidence.bm25, evidence.margin)
    return 1 / (1 + math.exp(-(math.sumprod(coefficients, figures) + intercept)))


def default_calibration(found: Retrieval) -> Calibration:
    """What is used where nothing was fitted to the index."""
    # Where the model was down, there is no cosine.
    return LOCAL if found.embedding_model.startswith(_LOCAL_MODEL) else WORDS_ALONE


def _calibration(found: Retrieval) -> Calibration:
    fitted = found.calibration if found.embedding_model else None
    return fitted or default_calibration(found)
