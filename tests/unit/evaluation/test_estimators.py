"""Weighted figures, held against numpy and scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from footnote.evaluation.estimators import Floats, Observation, auroc, mean, quantile


def observed(value: float, *, of: float = 1.0, positive: bool = False) -> Observation:
    return Observation(question_id="q", cluster="c", value=value, of=of, positive=positive)


@pytest.fixture
def weights() -> Floats:
    """Fifty draws, in which some observations are left out and some stand several times."""
    return np.random.default_rng(7).poisson(1.0, size=(50, 80)).astype(np.float64)


def test_auroc_is_scikit_learns_with_ties_and_weights(weights: Floats) -> None:
    source = np.random.default_rng(8)
    positive = source.random(80) < 0.4
    scores = np.round(source.random(80) + positive * 0.3, 1)
    seen = [observed(score, positive=right) for score, right in zip(scores, positive, strict=True)]
    expected = [roc_auc_score(positive, scores, sample_weight=row) for row in weights]
    assert auroc(seen, weights) == pytest.approx(expected)


def test_auroc_of_one_class_is_not_a_number() -> None:
    assert math.isnan(auroc([observed(0.1), observed(0.9)], np.ones((1, 2)))[0])


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_quantile_is_numpys_inverse_of_the_distribution(share: float, weights: Floats) -> None:
    values = np.random.default_rng(9).lognormal(size=80)
    seen = [observed(value) for value in values]
    expected = [
        float(np.quantile(values, share, weights=row, method="inverted_cdf")) for row in weights
    ]
    assert quantile(share)(seen, weights) == pytest.approx(expected)


def test_a_mean_is_numpys_weighted_one(weights: Floats) -> None:
    values = np.random.default_rng(10).random(80)
    expected = [np.average(values, weights=row) for row in weights]
    assert mean([observed(value) for value in values], weights) == pytest.approx(expected)


def test_a_mean_of_parts_counts_each_whole_by_its_size() -> None:
    seen = [observed(1, of=1), observed(0, of=3)]
    assert mean(seen, np.ones((1, 2)))[0] == 0.25


def test_a_mean_of_nothing_is_not_a_number() -> None:
    assert math.isnan(mean([observed(0, of=0)], np.ones((1, 1)))[0])
