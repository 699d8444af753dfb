"""The page of a classifier: its plots, each label, the mistakes to read, and nobody's markup."""

import re

import numpy as np
import pytest

from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.label_plots import MOST_SHOWN, label_plots
from footnote.evaluation.label_report import (
    LabelReport,
    each_label,
    html_label_report,
    surest_mistakes,
)
from footnote.evaluation.labels import Predictions, label_figures

HOSTILE = "<script>alert(1)</script>"


def predictions(right: list[int], said: list[int], sure: list[float], labels: int) -> Predictions:
    likely = np.full((len(right), labels), 0.0)
    for at, (place, share) in enumerate(zip(said, sure, strict=True)):
        likely[at] = (1 - share) / (labels - 1)
        likely[at, place] = share
    return Predictions(likely=likely, labels=np.array(right), groups=list(range(len(right))))


@pytest.fixture
def report() -> LabelReport:
    """Billing is taken for access once, rather surely; access never is."""
    told = predictions([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1], [0.9, 0.8, 0.7, 0.9, 0.6, 0.9], 2)
    return LabelReport(
        names=(HOSTILE, "access"),
        texts=[f"text {at} {HOSTILE}" for at in range(6)],
        told=told,
        uncalibrated=told,
        figures=label_figures(told, Resampling(seed=1)),
        threshold=0.75,
        said=4 / 6,
        said_right=1.0,
        verdict="Not promoted.",
        embedding_model="m",
    )


def test_each_label_tells_how_often_it_is_found_and_what_it_is_taken_for(
    report: LabelReport,
) -> None:
    worst, best = each_label(report)
    assert (worst.name, worst.texts, worst.mistaken_for) == (HOSTILE, 3, "access (1)")
    assert worst.recall == pytest.approx(2 / 3)
    assert worst.precision == 1
    assert (best.recall, best.precision, best.mistaken_for) == (1.0, 0.75, "")


def test_a_label_that_is_never_said_has_no_precision() -> None:
    told = predictions([0, 1, 2], [0, 0, 0], [0.9, 0.8, 0.7], 3)
    report = LabelReport(
        names=("a", "b", "c"),
        texts=["x", "y", "z"],
        told=told,
        uncalibrated=told,
        figures={},
        threshold=1.01,
        said=0,
        said_right=None,
        verdict="",
        embedding_model="m",
    )
    assert [one.precision for one in each_label(report)] == [None, None, pytest.approx(1 / 3)]
    assert "<svg" in html_label_report(report, "t")


def test_the_surest_mistakes_come_first() -> None:
    told = predictions([0, 0, 0], [1, 1, 0], [0.6, 0.9, 0.99], 2)
    report = LabelReport(
        names=("a", "b"),
        texts=["unsure", "sure", "right"],
        told=told,
        uncalibrated=told,
        figures={},
        threshold=0.5,
        said=1,
        said_right=1 / 3,
        verdict="",
        embedding_model="m",
    )
    assert [one.text for one in surest_mistakes(report)] == ["sure", "unsure"]


def test_the_page_has_every_plot_and_takes_no_text_for_markup(report: LabelReport) -> None:
    page = html_label_report(report, HOSTILE)
    assert page.count("<svg") == 3
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert "0.750" in page  # right where it is said


def test_of_many_labels_those_that_are_confused_most_are_shown() -> None:
    count = MOST_SHOWN + 5
    right = list(range(count)) * 2
    said = [*range(count), *(1 if at == 0 else at for at in range(count))]
    told = predictions(right, said, [0.9] * len(right), count)
    confusion, *_ = label_plots(told, told, tuple(f"label-{at}" for at in range(count)), 0.5)
    assert "The 5 labels that are confused least are left out" in confusion.caption
    assert "label-0" in confusion.svg
    assert "label-24" not in confusion.svg
