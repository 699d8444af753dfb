"""Labelled embeddings laid out in rows for learning a classifier."""

from collections.abc import Sequence

import numpy as np

from footnote.tuning.classifier import Examples


def examples_of(
    vectors: Sequence[Sequence[float]], labels: Sequence[int], groups: Sequence[int]
) -> Examples:
    """Rows of floats with the places of their labels; all labels that there are stand somewhere."""
    return Examples(
        vectors=np.array(vectors, dtype=np.float64),
        labels=np.array(labels, dtype=np.intp),
        groups=groups,
        count=max(labels) + 1,
    )
