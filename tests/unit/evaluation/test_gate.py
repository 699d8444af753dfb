"""The gate lets through what is better, and neither luck nor leaks."""

import os
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.gate import Decision, Trial, Verdict, judge
from footnote.evaluation.near_duplicates import groups, repeated
from footnote.evaluation.question_set import Question

HOW = Resampling()
WORDS = [f"word{number}" for number in range(3000)]


def asked(count: int, *, per_document: int = 2, seed: int = 1, name: str = "q") -> list[Question]:
    draw = random.Random(seed)
    return [
        Question(
            question_id=f"{name}{number}",
            text=" ".join(["how do i", *draw.choices(WORDS, k=6)]),
            gold_documents=(f"{name}{number // per_document}.md",),
            cluster=f"{name}{number // per_document}.md",
        )
        for number in range(count)
    ]


def reworded(question: Question, draw: random.Random) -> Question:
    """The same question as another document's, in another order and with words more."""
    words = question.text.split()
    draw.shuffle(words)
    text = " ".join(["please", *words]).upper() + "?"
    name = f"copy of {question.question_id}"
    return Question(question_id=name, text=text, gold_documents=(name,), cluster=name)


def right(
    questions: Sequence[Question], share: float, gain: float, draw: random.Random
) -> tuple[list[float], list[float]]:
    """Whether each was right before and after: documents differ, and one in ten answers changes."""
    ease = {one.cluster: draw.uniform(-0.2, 0.2) for one in questions}
    before, after = [], []
    for one in questions:
        old = draw.random() < share + ease[one.cluster]
        change = (0.1 + gain) / 2 if not old else (0.1 - gain) / 2
        odds = share if old else 1 - share
        new = not old if draw.random() < change / odds else old
        before.append(float(old))
        after.append(float(new))
    return before, after


def verdict_on(gain: float, seed: int, *, count: int = 1000) -> Verdict:
    draw = random.Random(seed)
    questions = asked(count, seed=seed)
    before, after = right(questions, 0.75, gain, draw)
    learned = asked(200, seed=seed + 10_000, name="learned")
    trial = Trial(questions=questions, in_force=before, candidate=after, learned_from=learned)
    return judge(trial, replace(HOW, seed=seed))


def leaky_verdict(seed: int) -> Verdict:
    """It learned half of its questions by heart, in other words: 17 points that are not there."""
    draw = random.Random(seed)
    questions = asked(1000, seed=seed)
    before, after = right(questions, 0.75, 0.0, draw)
    known = draw.sample(range(len(questions)), 680)
    for row in known:
        after[row] = 1.0
    learned = [reworded(questions[row], draw) for row in known]
    trial = Trial(questions=questions, in_force=before, candidate=after, learned_from=learned)
    return judge(trial, replace(HOW, seed=seed))


@pytest.mark.parametrize(
    "each",
    [2, pytest.param(50, marks=pytest.mark.storm)],
)
def test_of_a_hundred_null_or_leaky_candidates_at_most_five_are_promoted(each: int) -> None:
    first = int(os.environ.get("FOOTNOTE_STORM_SEED", "1")) % 10**6
    verdicts = [verdict_on(0.0, first + at) for at in range(each)]
    verdicts += [leaky_verdict(first + at) for at in range(each)]
    assert sum(one.promoted for one in verdicts) <= max(1, len(verdicts) // 20)


@pytest.mark.parametrize(
    "count",
    [3, pytest.param(100, marks=pytest.mark.storm)],
)
def test_of_a_hundred_that_are_three_points_better_eighty_are_promoted(count: int) -> None:
    first = int(os.environ.get("FOOTNOTE_STORM_SEED", "1")) % 10**6
    verdicts = [verdict_on(0.03, first + at) for at in range(count)]
    assert sum(one.promoted for one in verdicts) >= int(0.8 * count)


def test_what_leaked_is_named_and_refused_whatever_it_shows() -> None:
    verdict = leaky_verdict(1)
    assert verdict.decision is Decision.REFUSE
    assert len(verdict.leaked) > 600
    assert "are also in what it learned from: split by document" in verdict.reason


def test_a_few_leaked_questions_are_taken_out_and_the_rest_decides() -> None:
    questions = asked(200)
    same = [replace(one, question_id=f"again {one.question_id}") for one in questions[:10]]
    trial = Trial(
        questions=questions,
        in_force=[0.0] * 200,
        candidate=[1.0] * 10 + [0.0] * 190,
        learned_from=same,
    )
    verdict = judge(trial, HOW)
    assert len(verdict.leaked) == 10
    assert verdict.difference is not None
    assert (verdict.difference.value, verdict.difference.questions) == (0.0, 190)
    assert not verdict.promoted


def test_few_questions_few_documents_and_few_resamples_cannot_tell() -> None:
    for questions, how in (
        (asked(29), HOW),
        (asked(60, per_document=10), HOW),
        (asked(60), Resampling(resamples=1999)),
    ):
        size = len(questions)
        trial = Trial(questions=questions, in_force=[0.0] * size, candidate=[1.0] * size)
        verdict = judge(trial, how)
        assert verdict.decision is Decision.CANNOT_TELL
        assert "are too few" in verdict.reason


def test_who_cannot_tell_says_what_such_a_set_could_have_shown() -> None:
    verdict = verdict_on(0.0, 4, count=200)
    assert verdict.decision is Decision.CANNOT_TELL
    assert "such a set shows one of 0.0" in verdict.reason


def test_the_worse_one_is_refused() -> None:
    questions = asked(100)
    trial = Trial(questions=questions, in_force=[1.0] * 100, candidate=[0.0, 1.0] * 50)
    assert judge(trial, HOW).decision is Decision.REFUSE


def test_one_question_in_other_order_and_case_is_one_and_another_name_makes_another() -> None:
    texts = [
        "How do I reset the password of the admin console?",
        "how do i reset the password of the ADMIN console please",
        "How do I reset the password of the billing portal?",
        "Which ports does the operator need?",
    ]
    others = [
        f"What is the default of setting {number} in file {number}.yaml?" for number in "abcde"
    ]
    assert groups(texts + others)[:4] == [0, 0, 2, 3]
    assert repeated(["Ports: which does the operator need?", "What is new?"], texts) == [0]


def test_every_pair_that_is_alike_is_found_among_thousands() -> None:
    draw = random.Random(5)
    questions = asked(2000)
    copies = [reworded(one, draw).text for one in questions[::20]]
    found = repeated([one.text for one in questions], copies)
    assert np.array_equal(found, np.arange(0, 2000, 20))
