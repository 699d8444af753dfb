"""A calibration: the logistic model as a library fits it, judged on questions it has not seen."""

import math

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from footnote.domain.passage import Evidence
from footnote.retrieval.in_corpus import LOCAL, probability
from footnote.tuning.calibration import JudgedQuestion, Prior, _newton, log_loss, try_calibration
from footnote.tuning.folds import Source


def judged(
    seed: int, *, each: int = 60, apart: float = 0.25, documents: int = 30
) -> list[JudgedQuestion]:
    """Evidence of questions that the documents speak of, and of as many others."""
    source = np.random.default_rng(seed)
    made = []
    for number in range(2 * each):
        inside = number < each
        figures = source.normal(0.4 + apart * inside, 0.12, size=4)
        name = f"{'in' if inside else 'out'}-{number % documents}"
        made.append(
            JudgedQuestion(
                source=Source(cluster=name, documents=frozenset([name])),
                evidence=Evidence(
                    cosine=figures[0], coverage=figures[1], bm25=figures[2], margin=figures[3]
                ),
                in_corpus=inside,
            )
        )
    return made


def test_the_model_is_the_one_that_a_reference_library_fits() -> None:
    source = np.random.default_rng(4)
    design = np.column_stack([source.normal(size=(200, 4)), np.ones(200)])
    said = (design @ [1.0, -0.5, 0.3, 0.0, 0.4] + source.logistic(size=200) > 0).astype(float)
    shares = np.full(200, 1 / 200)
    free = Prior(at=np.zeros(5), pulls=np.array([0.01, 0.01, 0.01, 0.01, 0.0]))
    ours = _newton(design, said, shares, free)
    # The library's cost is the sum of losses and half of the squares over C.
    library = LogisticRegression(C=1 / (2 * 0.01 * 200), tol=1e-10, max_iter=1000)
    library.fit(design[:, :4], said)
    assert ours[:4] == pytest.approx(library.coef_[0], abs=1e-5)
    assert ours[4] == pytest.approx(library.intercept_[0], abs=1e-5)


def test_a_strong_pull_keeps_what_is_known_and_a_weak_one_follows_the_questions() -> None:
    source = np.random.default_rng(4)
    design = np.column_stack([source.normal(size=(100, 4)), np.ones(100)])
    said = (design[:, 0] > 0).astype(float)
    known = np.array([0.5, 2.0, 0.0, -1.0, 0.0])
    shares = np.full(100, 0.01)
    near = _newton(design, said, shares, Prior(at=known, pulls=np.full(5, 1e6)))
    far = _newton(design, said, shares, Prior(at=known, pulls=np.full(5, 1e-4)))
    assert near == pytest.approx(known, abs=1e-3)
    assert far[0] > 3


def test_perfectly_parted_questions_do_not_make_it_endlessly_sure() -> None:
    trial = try_calibration(judged(1, apart=5.0), None, seed=1)
    assert all(math.isfinite(value) and abs(value) < 500 for value in trial.calibration)


def test_questions_that_were_not_seen_are_told_apart() -> None:
    questions = judged(2)
    trial = try_calibration(questions, None, seed=1)
    likely = [
        probability(one.evidence, fitted)
        for one, fitted in zip(questions, trial.held_out, strict=True)
    ]
    right = [(p > 0.5) == one.in_corpus for p, one in zip(likely, questions, strict=True)]
    assert sum(right) / len(right) > 0.9


def test_it_does_not_matter_how_many_there_are_of_each_kind() -> None:
    few = judged(3, each=60)
    many = few[:60] + few[60:] * 5
    one, other = (try_calibration(questions, None, seed=1) for questions in (few, many))
    middle = Evidence(cosine=0.52, coverage=0.52, bm25=0.52, margin=0.52)
    both = [probability(middle, trial.calibration) for trial in (one, other)]
    assert both[0] == pytest.approx(both[1], abs=0.1)


def test_a_question_is_judged_by_a_calibration_that_its_document_had_no_part_in() -> None:
    questions = judged(5)
    trial = try_calibration(questions, LOCAL, seed=1)
    turned = [
        JudgedQuestion(source=one.source, evidence=one.evidence, in_corpus=not one.in_corpus)
        if one.source.cluster == "in-0"
        else one
        for one in questions
    ]
    again = try_calibration(turned, LOCAL, seed=1)
    mine = [row for row, one in enumerate(questions) if one.source.cluster == "in-0"]
    assert [again.held_out[row] for row in mine] == [trial.held_out[row] for row in mine]
    assert again.calibration != trial.calibration


def of_subject(name: str, middle: float, seed: int, *, each: int = 40) -> list[JudgedQuestion]:
    """Another subject's questions, whose evidence is this high."""
    source = np.random.default_rng(seed)
    return [
        JudgedQuestion(
            source=Source(cluster=f"{name}/{number}", documents=frozenset()),
            evidence=Evidence(cosine=one[0], coverage=one[1], bm25=one[2], margin=one[3]),
            in_corpus=False,
            subject=name,
        )
        for number, one in enumerate(source.normal(middle, 0.05, size=(each, 4)))
    ]


def test_a_subject_is_judged_by_what_was_fitted_without_any_of_it() -> None:
    own = [one for one in judged(6) if one.in_corpus]
    far, near = of_subject("far", 0.2, 1), of_subject("near", 0.5, 2)
    trial = try_calibration([*own, *far, *near], None, seed=1)
    alone = try_calibration([*own, *far], None, seed=1)
    left_out = trial.held_out[len(own) + len(far) :]
    declined = [
        sum(probability(one.evidence, fitted) < 0.5 for one, fitted in zip(near, of, strict=True))
        for of in (left_out, [trial.calibration] * len(near))
    ]
    assert len(set(left_out)) == 1
    assert declined[0] < declined[1]
    assert len(set(alone.held_out[len(own) :])) > 1


def test_a_few_subjects_do_not_outweigh_what_is_known() -> None:
    """However far away a subject is, the next one may be near."""
    own = [one for one in judged(6) if one.in_corpus]
    known = (25.0, 3.7, 1.3, 9.9, -18.0)
    trial = try_calibration([*own, *of_subject("far", 0.0, 1)], known, seed=1)
    between = Evidence(cosine=0.4, coverage=0.4, bm25=0.4, margin=0.2)
    before, after = (probability(between, one) for one in (known, trial.calibration))
    free = probability(
        between, try_calibration([*own, *of_subject("far", 0.0, 1)], None, 1).calibration
    )
    assert abs(after - before) < abs(free - before)


def test_a_sure_mistake_is_dear_but_not_endlessly() -> None:
    assert log_loss(0.9, in_corpus=True) == pytest.approx(-math.log(0.9))
    assert log_loss(0.0, in_corpus=True) == log_loss(1.0, in_corpus=False) < 20
