"""Classifiers: what is learned holds for other texts, and confidence is what comes true."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from footnote.domain.classifier import Checkpoint
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.labels import Predictions, confusion, label_figures
from footnote.tuning.classifier import ClassifierTrial, Examples, _learned, try_classifier

HOW = Resampling(resamples=200)


def examples(count: int = 150, *, spread: float = 0.6, wrong: float = 0.0) -> Examples:
    """Three clouds in eight dimensions."""
    draw = np.random.default_rng(3)
    labels = draw.integers(0, 3, size=count)
    middles = draw.normal(size=(3, 8))
    vectors = middles[labels] + spread * draw.normal(size=(count, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    swapped = np.where(draw.random(count) < wrong, draw.integers(0, 3, size=count), labels)
    return Examples(vectors=vectors, labels=swapped, groups=list(range(count)), count=3)


def told(trial: ClassifierTrial, of: Examples) -> Predictions:
    return Predictions(likely=trial.calibrated, labels=of.labels, groups=of.groups)


@pytest.fixture(scope="module")
def trial() -> ClassifierTrial:
    return try_classifier(examples(wrong=0.2), 0.9, seed=1)


def test_weights_are_those_of_scikit_learn() -> None:
    known, pull = examples(), 0.003
    found = _learned(known, np.arange(150), pull)
    # Its loss is a sum, with half of the squared length.
    peer = LogisticRegression(C=1 / (2 * pull * 150), tol=1e-8, max_iter=1000)
    peer.fit(known.vectors, known.labels)
    scores = known.vectors @ found[:, :-1].T + found[:, -1]
    parts = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely = parts / parts.sum(axis=1, keepdims=True)
    assert np.abs(likely - peer.predict_proba(known.vectors)).max() < 0.01


def test_labels_that_can_be_told_are_told_and_wrong_ones_lower_the_confidence(
    trial: ClassifierTrial,
) -> None:
    clean = try_classifier(examples(), 0.9, seed=1)
    assert label_figures(told(clean, examples()), HOW)["accuracy"].value > 0.85
    assert trial.calibrated.max(axis=1).mean() < clean.calibrated.max(axis=1).mean()


def test_what_is_said_is_right_as_often_as_was_asked_for_and_else_nothing_is_said(
    trial: ClassifierTrial,
) -> None:
    known = examples(wrong=0.2)
    sure = trial.calibrated.max(axis=1) >= trial.threshold
    right = trial.calibrated.argmax(axis=1) == known.labels
    assert 0 < sure.sum() < len(sure)
    assert right[sure].mean() >= 0.9
    assert try_classifier(examples(wrong=1.0), 0.95, seed=1).threshold > 0.5


def test_where_all_held_out_labels_are_right_a_confident_text_gets_its_label() -> None:
    trial = try_classifier(examples(), 0.8, seed=1)
    assert (trial.calibrated.argmax(axis=1) == examples().labels).mean() >= 0.8
    assert trial.threshold <= 0.8


def test_of_labels_that_mean_nothing_no_more_is_held_than_chance() -> None:
    known = examples(wrong=1.0)
    figures = label_figures(told(try_classifier(known, 0.9, seed=1), known), HOW)
    assert figures["accuracy"].value < 0.45
    assert figures["ECE"].value < 0.15


def test_texts_that_are_alike_are_not_judged_by_each_other() -> None:
    """Each text twice with a label of its own by chance: who knows one knows the other."""
    draw = np.random.default_rng(5)
    vectors = np.repeat(draw.normal(size=(60, 40)), 2, axis=0)
    labels = np.repeat(draw.integers(0, 2, size=60), 2)
    apart, together = (
        try_classifier(Examples(vectors=vectors, labels=labels, groups=one, count=2), 0.9, seed=1)
        for one in (list(range(120)), [at // 2 for at in range(120)])
    )
    leaked, honest = ((one.calibrated.argmax(axis=1) == labels).mean() for one in (apart, together))
    assert leaked > 0.75
    assert honest < 0.65


def test_figures_are_those_of_scikit_learn(trial: ClassifierTrial) -> None:
    known = told(trial, examples(wrong=0.2))
    figures = label_figures(known, HOW)
    assert figures["macro F1"].value == pytest.approx(
        f1_score(known.labels, known.said, average="macro")
    )
    table = confusion(known)
    assert table.sum() == 150
    assert np.trace(table) / 150 == pytest.approx(figures["accuracy"].value)
    for one in figures.values():
        assert one.low is not None
        assert one.high is not None
        assert one.low <= one.value <= one.high or one is figures["ECE"]


def test_a_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    likely = np.tile([0.8, 0.2], (100, 1))
    labels = np.array([0] * 60 + [1] * 40)[np.random.default_rng(1).permutation(100)]
    known = Predictions(likely=likely, labels=labels, groups=range(100))
    assert 0.19 < label_figures(known, HOW)["ECE"].value < 0.35


def test_plain_python_says_what_was_learned(trial: ClassifierTrial) -> None:
    known = examples(wrong=0.2)
    checkpoint = Checkpoint(
        model="m",
        labels=("a", "b", "c"),
        rows=tuple(row.tolist() for row in trial.weights),
        temperature=trial.temperature,
        threshold=0.6,
    )
    for vector in known.vectors[:20]:
        scores = (trial.weights[:, :-1] @ vector + trial.weights[:, -1]) / trial.temperature
        likely = np.exp(scores) / np.exp(scores).sum()
        found = checkpoint.labelled(vector.tolist())
        assert list(found.probabilities.values()) == pytest.approx(likely.tolist())
        assert found.abstained == (likely.max() < 0.6)
        assert found.abstained or found.label == "abc"[int(likely.argmax())]
