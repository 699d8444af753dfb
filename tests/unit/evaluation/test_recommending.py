"""The rule behind `footnote which`: by borders, and on simulated users with a known truth."""

from collections import Counter

import numpy as np
import pytest

from footnote.evaluation.arms import Arm, Evidence
from footnote.evaluation.bootstrap import Difference, Figure
from footnote.evaluation.break_even import Traffic, break_even
from footnote.evaluation.metrics.metric import Unit
from footnote.evaluation.recommending import (
    Advice,
    Wanted,
    examples_for,
    recommend,
    recommend_cost,
)
from tests.simulated_users import WANTED, seen_of, users

FULL, MEDIUM, SMALL = (600, 1200), (60, 150), (8, 29)


def level(low: float, high: float, questions: int = 200, documents: int = 40) -> Figure:
    middle = (low + high) / 2
    return Figure(value=middle, low=low, high=high, questions=questions, clusters=documents)


def gain(low: float, high: float) -> Difference:
    return Difference(
        old=0.5,
        new=0.5,
        value=(low + high) / 2,
        low=low,
        high=high,
        detectable=high - low,
        questions=200,
        clusters=40,
    )


def shown(
    rag: Figure, beside: Difference | None = None, unit: Unit = Unit.SHARE, **gains: Difference
) -> Evidence:
    named = {Arm[name.upper()]: one for name, one in gains.items()}
    levels = {Arm.RAG: rag, **dict.fromkeys(named, level(0.1, 0.2))}
    return Evidence(unit=unit, levels=levels, gains=named, both_over_tuned=beside)


SHORT = level(0.5, 0.6)


@pytest.mark.parametrize(
    ("evidence", "advice"),
    [
        (shown(level(0.86, 0.97)), Advice.RAG_IS_ENOUGH),
        (shown(level(0.86, 0.97), fine_tuned=gain(0.01, 0.05)), Advice.RAG_IS_ENOUGH),
        (shown(level(0.8, 0.95)), Advice.CANNOT_TELL),
        (shown(SHORT), Advice.FIX_THE_PROMPT),
        (shown(SHORT, cascade=gain(0.1, 0.3)), Advice.FIX_THE_PROMPT),
        (shown(SHORT, fine_tuned=gain(-0.1, 0.05)), Advice.FIX_THE_PROMPT),
        (shown(SHORT, fine_tuned=gain(-0.1, 0.15)), Advice.CANNOT_TELL),
        (shown(SHORT, fine_tuned=gain(0.1, 0.3)), Advice.FINE_TUNE),
        (shown(SHORT, both=gain(0.1, 0.3)), Advice.BOTH),
        (shown(SHORT, gain(0.05, 0.3), fine_tuned=gain(0, 0.2), both=gain(0.1, 0.3)), Advice.BOTH),
        (
            shown(SHORT, gain(-0.1, 0.05), fine_tuned=gain(0.1, 0.3), both=gain(0.1, 0.3)),
            Advice.FINE_TUNE,
        ),
        (
            shown(SHORT, gain(-0.1, 0.2), fine_tuned=gain(0.1, 0.3), both=gain(0.1, 0.3)),
            Advice.CANNOT_TELL,
        ),
    ],
)
def test_the_advice_follows_from_levels_and_gains(evidence: Evidence, advice: Advice) -> None:
    told = recommend(evidence, Wanted())
    assert told.advice is advice
    assert (told.more_questions is not None) is (advice is Advice.CANNOT_TELL)


def test_more_questions_are_as_many_as_it_takes_until_the_interval_tells() -> None:
    told = recommend(shown(SHORT, fine_tuned=gain(-0.04, 0.16)), Wanted(worth=0.1))
    assert told.advice is Advice.CANNOT_TELL
    assert told.more_questions == 356  # six tenths of the width take 2.8 times the 200 there are


def test_what_lies_far_from_a_border_takes_fewer_questions_to_tell() -> None:
    near, far = (recommend(shown(level(*ends)), Wanted()) for ends in ((0.8, 0.95), (0.83, 0.98)))
    assert near.more_questions is not None
    assert far.more_questions is not None
    assert far.more_questions < near.more_questions


@pytest.mark.parametrize(("questions", "documents", "more"), [(29, 12, 1), (60, 5, 60)])
def test_few_questions_or_documents_tell_nothing(questions: int, documents: int, more: int) -> None:
    told = recommend(shown(level(0.99, 1, questions, documents)), Wanted())
    assert told.advice is Advice.CANNOT_TELL
    assert told.more_questions == more


def cost(**gains: Difference) -> Evidence:
    return shown(level(9, 11), unit=Unit.DOLLARS, **gains)


@pytest.mark.parametrize(
    ("known", "advice"),
    [
        (gain(-0.02, 0.03), Advice.CASCADE),
        (gain(-0.2, -0.1), Advice.RAG_IS_ENOUGH),
        (gain(-0.2, 0.1), Advice.CANNOT_TELL),
    ],
)
def test_a_cheaper_arm_is_taken_only_where_it_knows_no_less(
    known: Difference, advice: Advice
) -> None:
    told = recommend_cost(cost(cascade=gain(-6, -4)), shown(SHORT, cascade=known), Wanted())
    assert told.advice is advice


def test_little_saved_is_not_worth_a_change() -> None:
    same = shown(SHORT, cascade=gain(-0.01, 0.01))
    told = recommend_cost(cost(cascade=gain(-3, -1)), same, Wanted())
    assert told.advice is Advice.RAG_IS_ENOUGH


def test_a_wider_gap_takes_more_examples() -> None:
    assert examples_for(0.05) < examples_for(0.3)


def test_a_fine_tuned_model_breaks_even_where_savings_pay_its_serving() -> None:
    traffic = Traffic(questions=100_000, serving_usd=200, training_usd=600)
    told = break_even(10.0, 2.0, traffic)
    assert (told.hosted_usd, told.tuned_usd) == (1000, 400)
    assert told.from_questions == pytest.approx(25_000)
    assert told.paid_back_months == pytest.approx(1.0)


def test_what_costs_more_a_question_never_breaks_even() -> None:
    told = break_even(2.0, 10.0, Traffic(questions=100_000))
    assert told.from_questions is None
    assert told.paid_back_months is None


def simulated(count: int, sizes: tuple[int, int], seed: int) -> Counter[str]:
    source = np.random.default_rng(seed)
    told: Counter[str] = Counter()
    for user in users(count, source, sizes):
        advice = recommend(seen_of(user, source), WANTED).advice
        firm = "right" if advice is user.right else "wrong"
        told["cannot tell" if advice is Advice.CANNOT_TELL else firm] += 1
    return told


def test_of_simulated_users_nine_in_ten_are_told_what_is_right() -> None:
    assert simulated(8, (400, 600), seed=90_001)["right"] >= 7


def test_simulated_users_with_small_sets_are_told_nothing() -> None:
    assert simulated(12, SMALL, seed=90_002) == {"cannot tell": 12}


def test_simulated_users_with_medium_sets_are_hardly_ever_told_what_is_wrong() -> None:
    assert simulated(12, MEDIUM, seed=90_003)["wrong"] <= 1


@pytest.mark.storm
def test_of_fifty_simulated_users_nine_in_ten_are_told_what_is_right() -> None:
    assert simulated(50, FULL, seed=90_004)["right"] >= 45
    assert simulated(50, SMALL, seed=90_005) == {"cannot tell": 50}
    assert simulated(100, MEDIUM, seed=90_006)["wrong"] <= 5
