"""Fusion: how much meaning, words and the whole document count in a passage's score."""

from dataclasses import dataclass

# Of the cosine, of the words, and of the cosine of the document; they add up to 1.
type Weights = tuple[float, float, float]

# How they were chosen: docs/decisions/0004.
DEFAULT_WEIGHTS: Weights = (0.36, 0.55, 0.09)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A chunk that may be a passage; `scores` are what the weights count, each in 0..1.

    `by_words` is its lexical score before that was made a share of the best one. Where two have the
    same score, the one with the lower `chunk_id` comes first.
    """

    chunk_id: int
    key: str
    scores: Weights
    by_words: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What was fitted to an index on a question set; None where the defaults are used.

    `calibration` is how to weigh the evidence that the documents speak of a question.
    """

    weights: Weights | None = None
    calibration: tuple[float, ...] | None = None
