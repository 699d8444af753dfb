"""A classifier on texts that took no part, as one page of HTML that needs nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from footnote.evaluation.bootstrap import Figure
from footnote.evaluation.labels import Predictions, confusion
from footnote.evaluation.metrics.metric import Unit
from footnote.evaluation.report import check_installed, page_templates, shortened

_WORST_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelReport:
    """The held-out predictions of a classifier, and what was made of them.

    `said` is the share of texts that a label is said of, `said_right` how many of these are right.
    `verdict` is what the gate decided, in words.
    """

    names: tuple[str, ...]
    texts: Sequence[str]
    told: Predictions
    uncalibrated: Predictions
    figures: Mapping[str, Figure]
    threshold: float
    said: float
    said_right: float | None
    verdict: str
    embedding_model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLabel:
    """How a label is told: of its texts so many are found, and so many that have it are right."""

    name: str
    texts: int
    recall: float
    precision: float | None
    mistaken_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A text that was said to be something else, and how surely."""

    text: str
    right: str
    said: str
    sure: float


def html_label_report(report: LabelReport, title: str) -> str:
    """The page; texts and labels are of strangers, and are escaped.

    Raises:
        SettingsError: the packages of the extra `evaluation` are not installed.
    """
    check_installed()
    from markupsafe import Markup

    from footnote.evaluation.label_plots import label_plots

    templates = page_templates()
    templates.filters["shortened"] = shortened
    drawn = label_plots(report.told, report.uncalibrated, report.names, report.threshold)
    return templates.get_template("labels.html").render(
        title=title,
        report=report,
        labels=each_label(report),
        mistakes=surest_mistakes(report),
        share=Unit.SHARE,
        plots=[(plot, Markup(plot.svg)) for plot in drawn],  # noqa: S704 # nosec B704
    )


def each_label(report: LabelReport) -> list[OneLabel]:
    """Every label, the one that is found least often first."""
    table = confusion(report.told)
    found = [
        _one(at, table[at].tolist(), int(table[:, at].sum()), report) for at in range(len(table))
    ]
    return sorted(found, key=lambda one: (one.recall, one.name))


def _one(at: int, row: list[int], said: int, report: LabelReport) -> OneLabel:
    others = [(count, -place) for place, count in enumerate(row) if place != at and count]
    count, place = max(others, default=(0, 0))
    return OneLabel(
        name=report.names[at],
        texts=sum(row),
        recall=row[at] / sum(row) if sum(row) else 0.0,
        precision=row[at] / said if said else None,
        mistaken_for=f"{report.names[-place]} ({count})" if count else "",
    )


def surest_mistakes(report: LabelReport) -> list[Mistake]:
    """Wrong ones, the surest first: their labels may be the mistake."""
    sure, said = report.told.likely.max(axis=1), report.told.said
    order = np.argsort(-sure, kind="stable").tolist()
    wrong = [at for at in order if not report.told.right[at]]
    return [
        Mistake(
            text=report.texts[at],
            right=report.names[report.told.labels[at]],
            said=report.names[said[at]],
            sure=float(sure[at]),
        )
        for at in wrong[:_WORST_SHOWN]
    ]
