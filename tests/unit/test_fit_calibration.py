"""A calibration is kept where answering decides better by it, on questions that it has not seen."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from footnote.domain.passage import Evidence, Retrieval
from footnote.evaluation.bootstrap import Difference, Resampling
from footnote.evaluation.question_set import Question
from footnote.fit_calibration import CalibrationReport, fit_calibration, is_better
from footnote.judged import Judged
from footnote.retrieval.in_corpus import LOCAL, WORDS_ALONE
from tests.unit.retrieval.test_in_corpus import found

LOCAL_MODEL = "all-MiniLM-L6-v2-w7a8"
OTHER_MODEL = "text-embedding-3-small/1536"
EACH = 60


def retrieval(figures: Sequence[float], model: str) -> Retrieval:
    one = found(figures[0], figures[1], model)
    evidence = Evidence(cosine=figures[0], coverage=figures[1], bm25=figures[2], margin=figures[3])
    return Retrieval(
        passages=one.passages,
        index_as_of=datetime.now(UTC),
        evidence=evidence,
        embedding_model=model,
    )


def report(
    inside: Sequence[float], outside: Sequence[float], *, model: str, spread: float, seed: int = 1
) -> CalibrationReport:
    """Evidence around these middles for questions that are answered, and for others."""
    source = np.random.default_rng(seed)
    questions, seen = [], []
    for number in range(2 * EACH):
        answered = number < EACH
        name = f"{'in' if answered else 'out'}-{number % 30}.md"
        gold = (name,) if answered else ()
        questions.append(
            Question(
                question_id=str(number),
                text="?",
                answerable=answered,
                gold_documents=gold,
                cluster=name,
            )
        )
        middle = inside if answered else outside
        seen.append(retrieval(source.normal(middle, spread).tolist(), model))
    return fit_calibration(questions, seen, Resampling(resamples=500, seed=seed))


def test_another_embedding_model_gets_the_calibration_that_it_lacks() -> None:
    told = report((0.5, 0.8, 0.5, 0.2), (0.2, 0.7, 0.4, 0.1), model=OTHER_MODEL, spread=0.05)
    assert (told.default, told.better, told.against) == (WORDS_ALONE, True, EACH)
    _, order, declined, missed = (one.difference for one in told.judged)
    assert order.new > order.old
    assert declined.new <= 0.05
    assert missed.new > missed.old


def test_where_most_answerable_questions_would_be_declined_it_is_mended() -> None:
    """Cosines of this corpus are lower than where the default was fitted."""
    told = report((0.35, 0.6, 0.4, 0.1), (0.1, 0.3, 0.2, 0.02), model=LOCAL_MODEL, spread=0.05)
    assert (told.default, told.better) == (LOCAL, True)
    declined = told.judged[2].difference
    assert declined.new < declined.old


@pytest.mark.parametrize("model", [LOCAL_MODEL, OTHER_MODEL])
def test_where_the_evidence_says_nothing_the_default_stays(model: str) -> None:
    """Near misses look like answerable questions: declining none of them is no success."""
    same = (0.5, 0.7, 0.5, 0.2)
    for seed in range(8):
        told = report(same, same, model=model, spread=0.1, seed=seed)
        assert not told.better


def test_where_the_two_kinds_overlap_too_much_the_default_stays() -> None:
    told = report((0.55, 0.75, 0.5, 0.2), (0.45, 0.7, 0.5, 0.2), model=OTHER_MODEL, spread=0.12)
    assert not told.better


def judged(name: str, old: float, new: float, low: float, high: float) -> Judged:
    change = Difference(
        old=old,
        new=new,
        value=new - old,
        low=low,
        high=high,
        detectable=0.1,
        questions=9,
        clusters=9,
    )
    return Judged(name=name, difference=change)


BETTER = {
    "loss": judged("log loss", 0.3, 0.1, -0.3, -0.1),
    "order": judged("AUROC", 0.95, 0.96, -0.01, 0.03),
    "declined": judged("answerable, declined", 0.04, 0.03, -0.03, 0.01),
    "missed": judged("out of corpus, declined", 0.95, 0.97, -0.01, 0.05),
}
WORSE = {
    "the loss may be chance": judged("loss", 0.3, 0.2, -0.3, 0.01),
    "the order is shown to be worse": judged("order", 0.99, 0.95, -0.06, -0.01),
    "the order tells too little": judged("order", 0.85, 0.88, 0.0, 0.06),
    "too many are declined": judged("declined", 0.07, 0.06, -0.02, 0.01),
    "fewer of the others are declined": judged("missed", 1.0, 0.995, -0.01, 0.0),
    "there are more mistakes": judged("declined", 0.0, 0.04, 0.0, 0.06),
}


def test_it_is_better_where_nothing_speaks_against_it() -> None:
    assert is_better(**BETTER)


@pytest.mark.parametrize("why", WORSE)
def test_one_thing_that_is_not_better_is_enough_for_the_default_to_stay(why: str) -> None:
    assert not is_better(**BETTER | {WORSE[why].name: WORSE[why]})
