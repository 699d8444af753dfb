"""Intervals: how often they hold the truth, and what they do where there is little to go by."""

import random

import numpy as np
import pytest
from scipy.stats import t

from footnote.evaluation.bootstrap import Resampling, difference, figure, t_quantile
from footnote.evaluation.estimators import Observation, mean

HOW = Resampling(resamples=2000, seed=1)
QUICK = Resampling(resamples=400, seed=2)


def drawn(source: np.random.Generator, documents: int, truth: float = 0.7) -> list[Observation]:
    """Answers right or wrong, where the questions of one document are alike."""
    seen = []
    for document in range(documents):
        share = source.beta(2 * truth, 2 * (1 - truth))
        for number in range(source.integers(2, 9)):
            right = float(source.random() < share)
            name = f"{document}-{number}"
            seen.append(Observation(question_id=name, cluster=str(document), value=right))
    return seen


def by_question(seen: list[Observation]) -> list[Observation]:
    """The same, as if each question had a document of its own."""
    return [
        Observation(question_id=one.question_id, cluster=one.question_id, value=one.value)
        for one in seen
    ]


def coverage(documents: int, *, clustered: bool, intervals: int = 300) -> float:
    """The share of intervals that hold the truth."""
    source = np.random.default_rng(20261125)
    held = 0
    for _ in range(intervals):
        seen = drawn(source, documents)
        told = figure(seen if clustered else by_question(seen), mean, QUICK, share=True)
        assert told.low is not None
        assert told.high is not None
        held += told.low <= 0.7 <= told.high
    return held / intervals


@pytest.mark.parametrize("documents", [12, 40])
def test_about_19_of_20_intervals_hold_the_truth(documents: int) -> None:
    assert 0.92 <= coverage(documents, clustered=True) <= 0.98


def test_drawing_questions_rather_than_documents_would_promise_too_much() -> None:
    assert coverage(40, clustered=False, intervals=100) < 0.85


def test_the_smallest_detectable_effect_is_seen_four_times_out_of_five() -> None:
    source = np.random.default_rng(5)
    values = source.normal(size=(200, 60))
    noise = [
        Observation(question_id=str(n), cluster=str(n), value=v) for n, v in enumerate(values[0])
    ]
    zero = [Observation(question_id=one.question_id, cluster=one.cluster, value=0) for one in noise]
    effect = difference(zero, noise, mean, HOW).detectable
    assert effect is not None
    seen = 0
    for row in values:
        shifted = [
            Observation(question_id=str(n), cluster=str(n), value=value + effect)
            for n, value in enumerate(row)
        ]
        low = difference(zero, shifted, mean, QUICK).low
        seen += low is not None and low > 0
    assert 0.72 <= seen / len(values) <= 0.92


def test_a_paired_difference_is_surer_than_the_figures_it_is_made_of() -> None:
    source = np.random.default_rng(6)
    old = drawn(source, 30)
    better = set(random.Random(3).sample([one.question_id for one in old if not one.value], 12))
    new = [
        Observation(
            question_id=one.question_id,
            cluster=one.cluster,
            value=1.0 if one.question_id in better else one.value,
        )
        for one in old
    ]
    change = difference(old, new, mean, HOW)
    before, after = (figure(seen, mean, HOW, share=True) for seen in (old, new))
    assert change.value == pytest.approx(12 / len(old))
    assert change.low is not None
    assert change.low > 0
    assert before.high is not None
    assert after.low is not None
    assert after.low < before.high


def test_all_right_is_not_certainty() -> None:
    """With 20 documents, 17 in 100 may still be wrong; Clopper and Pearson, two-sided."""
    seen = [Observation(question_id=str(n), cluster=str(n), value=1.0) for n in range(20)]
    told = figure(seen, mean, HOW, share=True)
    assert told.low == pytest.approx(0.025 ** (1 / 20))
    assert told.high == 1.0


def test_one_document_has_no_interval() -> None:
    seen = [Observation(question_id=str(n), cluster="a", value=float(n % 2)) for n in range(9)]
    told = figure(seen, mean, HOW, share=True)
    assert (told.low, told.high, told.clusters, told.questions) == (None, None, 1, 9)


def test_the_same_seed_gives_the_same_interval_and_another_hardly_another_one() -> None:
    seen = drawn(np.random.default_rng(11), 40)
    first, again = (figure(seen, mean, HOW, share=True) for _ in range(2))
    other = figure(seen, mean, Resampling(seed=99), share=True)
    assert first == again
    assert first.low != other.low
    assert first.low == pytest.approx(other.low, abs=0.02)


@pytest.mark.parametrize("freedom", [5, 11, 40, 300])
def test_students_t_is_scipys(freedom: int) -> None:
    assert t_quantile(0.975, freedom) == pytest.approx(t.ppf(0.975, freedom), rel=0.01)
