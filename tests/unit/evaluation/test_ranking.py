"""Ranking measures, held against ir-measures (trec_eval) on rankings drawn from a fixed seed."""

import random

import ir_measures
import pytest
from ir_measures import RR, R, Success, nDCG
from sklearn.metrics import ndcg_score

from footnote.evaluation.ranking import hit, ndcg, recall, reciprocal_rank

K = 10


def rankings() -> list[tuple[list[bool], int]]:
    """What is relevant of twelve that were found, and how many relevant ones there are."""
    source = random.Random(4)
    drawn = []
    for _ in range(200):
        relevant = [source.random() < source.choice((0.1, 0.4)) for _ in range(12)]
        drawn.append((relevant, max(1, sum(relevant) + source.choice((0, 0, 1, 4)))))
    return drawn


def trec(relevant: list[bool], total: int) -> dict[object, float]:
    """What trec_eval says; relevant ones that were not found are in its judgements only."""
    found = {f"d{at:02}": float(100 - at) for at in range(len(relevant))}
    judged = {name: int(right) for name, right in zip(found, relevant, strict=True)}
    judged |= {f"missed{at}": 1 for at in range(total - sum(relevant))}
    measures = [nDCG @ K, RR, R @ K, *(Success @ k for k in (1, 5))]
    told = ir_measures.calc_aggregate(measures, {"q": judged}, {"q": found})
    return {measure: float(value) for measure, value in told.items()}


@pytest.mark.parametrize(("relevant", "total"), rankings()[:60])
def test_measures_are_those_of_trec_eval(relevant: list[bool], total: int) -> None:
    reference = trec(relevant, total)
    assert reciprocal_rank(relevant) == pytest.approx(reference[RR])
    assert recall(relevant, K, total) == pytest.approx(reference[R @ K])
    assert ndcg(relevant, K, total) == pytest.approx(reference[nDCG @ K])
    assert [hit(relevant, k) for k in (1, 5)] == [reference[Success @ k] for k in (1, 5)]


def test_ndcg_is_scikit_learns_where_everything_was_found() -> None:
    for relevant, _ in rankings():
        if any(relevant):
            gains, scores = [[int(one) for one in relevant]], [list(range(12, 0, -1))]
            expected = ndcg_score(gains, scores, k=K)
            assert ndcg(relevant, K, sum(relevant)) == pytest.approx(expected)


def test_nothing_found_scores_nothing() -> None:
    assert (hit([], 5), reciprocal_rank([]), recall([], 5, 2), ndcg([], 5, 2)) == (0, 0, 0, 0)
