"""Routing replayed on simulated logs: between chance and whoever knows all, where it should be."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.question_set import Question
from footnote.evaluation.recommending import Wanted
from footnote.evaluation.replaying import Replayed, Signal, replayed, right
from footnote.evaluation.routing import Line, Routing, gain_of, lines_of, routing_of
from tests.outcomes import cited, outcome, question, said
from tests.simulated_routing import CHEAP_USD, DEAR_USD, replays

FEW = Resampling(resamples=200, seed=5)


def routed(rows: list[Replayed], how: Resampling = FEW) -> Routing:
    return routing_of(rows, DEAR_USD * 1e3, Wanted(), how)


def simulated(seed: int, *, informative: bool) -> Routing:
    return routed(replays(np.random.default_rng(seed), informative=informative))


def right_at(line: Line, usd: tuple[float, ...]) -> np.ndarray:
    return np.interp(usd, line.usd, line.right)


@pytest.mark.parametrize("seed", range(4))
def test_a_signal_that_tells_lies_between_chance_and_who_knows_all(seed: int) -> None:
    told = simulated(seed, informative=True)
    share = np.linspace(0, 1, len(told.curve.usd))
    middle = (share > 0.05) & (share < 0.95)
    curve = np.array(told.curve.right)
    assert (curve <= right_at(told.oracle, told.curve.usd) + 1e-9).all()
    assert (curve > right_at(told.random, told.curve.usd))[middle].all()
    assert told.gained is not None
    assert told.gained.low is not None
    assert 0.2 < told.gained.low < told.gained.value < 1
    assert told.verdict.startswith("the signal routes better than chance")


@pytest.mark.parametrize("seed", range(4))
def test_a_signal_that_tells_nothing_lies_on_chance(seed: int) -> None:
    told = simulated(100 + seed, informative=False)
    away = np.array(told.curve.right) - right_at(told.random, told.curve.usd)
    assert np.abs(away).max() < 0.04
    assert told.gained is not None
    assert abs(told.gained.value) < 0.1
    assert not told.verdict.startswith("the signal routes better")


def passing(logs: int, resamples: int, seed: int) -> int:
    """How many useless signals are shown to gain something."""
    passed = 0
    for log in range(logs):
        source = np.random.default_rng(seed + log)
        rows = replays(source, informative=False, questions=200, documents=40)
        gained = gain_of(rows, Resampling(resamples=resamples, seed=log))
        passed += gained is not None and gained.low is not None and gained.low > 0
    return passed


def test_a_useless_signal_seldom_passes_for_one() -> None:
    assert passing(40, 200, 500) <= 3


@pytest.mark.storm
def test_a_useless_signal_passes_for_one_as_seldom_as_its_interval_says() -> None:
    assert passing(400, 1000, 9_000) <= 0.05 * 400


def test_who_knows_what_is_gained_gains_all_and_who_says_always_the_same_nothing() -> None:
    rows = replays(np.random.default_rng(1), informative=True, questions=200)
    knows = routed([replace(one, signal=one.cheap - one.dear) for one in rows])
    assert knows.gained is not None
    assert knows.gained.value == pytest.approx(1)
    silent = routed([replace(one, signal=0.5) for one in rows])
    assert silent.gained is not None
    assert silent.gained.value == pytest.approx(0)
    assert silent.curve == silent.random


CASE = st.tuples(*(st.integers(0, 4) for _ in range(5)))


@given(st.lists(CASE, min_size=1, max_size=9))
def test_nobody_lies_above_who_knows_all(cases: list[tuple[int, ...]]) -> None:
    rows = [
        Replayed(
            question=question(f"q{at}", gold=(f"{at % 3}.md",)),
            signal=float(signal),
            cheap=cheap / 4,
            dear=dear / 4,
            cheap_usd=cheap_usd * 1e-3,
            dear_usd=dear_usd * 1e-3,  # the dear one may be the cheaper one of a question
        )
        for at, (signal, cheap, dear, cheap_usd, dear_usd) in enumerate(cases)
    ]
    curve, oracle = lines_of(rows)
    spent, best = np.array(oracle.usd), np.array(oracle.right)
    for usd, reached in zip(curve.usd, curve.right, strict=True):
        assert usd >= spent[0] - 1e-9
        at_this_cost = best[np.abs(spent - usd) < 1e-9]
        assert reached <= max([*at_this_cost, np.interp(usd, spent, best)]) + 1e-9


def test_the_limit_that_is_advised_is_as_right_and_cheaper() -> None:
    told = simulated(2, informative=True)
    assert told.advised is not None
    assert told.advised.usd < told.dear[0]
    assert told.advised.less_dear.low is not None
    assert told.advised.less_dear.low > -Wanted().tolerance
    assert [one.share for one in told.limits] == sorted(one.share for one in told.limits)


def test_a_few_questions_tell_nothing() -> None:
    rows = replays(np.random.default_rng(3), informative=True, questions=20, documents=5)
    assert "20 questions of 5 documents are too few" in routed(rows).verdict


def asked(name: str = "q1", *, answerable: bool = True) -> Question:
    return question(name, answerable=answerable)


def pair(cheap: Outcome, dear: Outcome, by: Signal = Signal.VERIFIED) -> Replayed:
    (one,) = replayed([cheap], [dear], by)
    return one


def test_an_answer_is_trusted_as_far_as_its_citations_are_verified_and_is_paid_either_way() -> None:
    half = said("thirty days", cited("a.md", verified=True), cited("a.md", verified=False),
                cost_usd=CHEAP_USD)  # fmt: skip
    one = pair(outcome(asked(), reply=half), outcome(asked(), reply=said(cost_usd=DEAR_USD)))
    assert (one.signal, one.cheap, one.dear) == (0.5, 1, 1)
    assert (one.cheap_usd, one.dear_usd) == (CHEAP_USD, CHEAP_USD + DEAR_USD)
    declined = outcome(asked(), reply=said(None, cost_usd=CHEAP_USD))
    assert pair(declined, outcome(asked(), reply=said())).signal == 0


def test_what_the_search_knows_is_there_before_any_model_is_paid() -> None:
    cheap = outcome(asked(), reply=said("no", in_corpus=0.7, cost_usd=CHEAP_USD))
    one = pair(cheap, outcome(asked(), reply=said(cost_usd=DEAR_USD)), Signal.IN_CORPUS)
    assert (one.signal, one.cheap, one.dear_usd) == (0.7, 0, DEAR_USD)


def test_a_right_decline_is_right() -> None:
    away = asked(answerable=False)
    assert right(outcome(away, reply=said(None))) == 1
    assert right(outcome(away, reply=said("thirty days"))) == 0
    assert right(outcome(asked(), reply=said(None))) == 0
    assert right(outcome(replace(asked(), answers=()), reply=said())) is None


@pytest.mark.parametrize(
    ("dear", "why"),
    [
        (outcome(asked(), reply=said(cost_usd=None)), "cost is not known"),
        (outcome(asked("other"), reply=said()), "was answered in both runs"),
        (outcome(asked(), error="503"), "was answered in both runs"),
    ],
)
def test_what_cannot_be_replayed_is_told(dear: Outcome, why: str) -> None:
    with pytest.raises(UnprocessableError, match=why):
        replayed([outcome(asked(), reply=said())], [dear], Signal.VERIFIED)
