"""Weights are kept where they are shown to be better, and chance does not count as that."""

import numpy as np
import pytest

from footnote.domain.fusion import DEFAULT_WEIGHTS
from footnote.evaluation.bootstrap import Resampling
from footnote.fit_weights import WeightsReport, fit_weights
from footnote.tuning.fusion import document_ranks, reciprocal, weight_grid
from tests.ranked_questions import Truth, by_chance, ranked_questions, told_by


def fitted(truth: Truth, seed: int, questions: int = 50) -> WeightsReport:
    asked, ranked = ranked_questions(truth, seed, questions=questions)
    return fit_weights(asked, ranked, Resampling(resamples=2000, seed=seed))


NOTHING_TO_GAIN = pytest.mark.parametrize(
    "truth", [by_chance, told_by(*DEFAULT_WEIGHTS)], ids=["shuffled labels", "the default is right"]
)


@NOTHING_TO_GAIN
def test_where_there_is_nothing_to_gain_the_default_stays(truth: Truth) -> None:
    """A 95 % interval does not hold the truth once in twenty sets by chance."""
    assert sum(fitted(truth, seed).better for seed in range(40)) <= 40 * 0.05


@pytest.mark.storm
@NOTHING_TO_GAIN
def test_chance_is_taken_for_a_gain_no_oftener_than_one_end_of_the_interval_allows(
    truth: Truth,
) -> None:
    assert sum(fitted(truth, seed).better for seed in range(400)) <= 400 * 0.025


@pytest.mark.parametrize("at", range(3))
def test_where_one_score_tells_more_it_is_found(at: int) -> None:
    better = tuple(0.9 if part == at else 0.05 for part in range(3))
    report = fitted(told_by(better[0], better[1], better[2], sure=25), seed=at, questions=120)
    gain = report.judged[0].difference
    assert report.better
    assert gain.low is not None
    assert 0 < gain.low < gain.value
    assert report.chosen[at] > DEFAULT_WEIGHTS[at]


def test_the_gain_is_told_of_questions_which_had_no_part_in_the_choice() -> None:
    """On the questions that chose it even chance looks like a gain; on others it does not."""
    seen, held_out = [], []
    for seed in range(10):
        _, ranked = ranked_questions(by_chance, seed, questions=40)
        ranks = np.array([document_ranks(one, weight_grid()) for one in ranked])
        gains = reciprocal(ranks).mean(axis=0)
        seen.append(gains.max() - gains[0])
        held_out.append(fitted(by_chance, seed, questions=40).judged[0].difference.value)
    assert np.mean(seen) > 0.03
    assert np.mean(held_out) < 0.01
