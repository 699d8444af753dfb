"""Every metric, in the order of a report."""

from collections.abc import Sequence

from footnote.evaluation.metrics.answers import ANSWERS
from footnote.evaluation.metrics.citations import CITATIONS
from footnote.evaluation.metrics.declining import DECLINING
from footnote.evaluation.metrics.effort import COST, latency
from footnote.evaluation.metrics.form import FORM
from footnote.evaluation.metrics.metric import Metric
from footnote.evaluation.metrics.retrieval import RETRIEVAL
from footnote.evaluation.metrics.tone import tone
from footnote.evaluation.outcome import Outcome


def metrics_of(outcomes: Sequence[Outcome]) -> list[Metric]:
    """Every metric that these outcomes can bear on, those of a group beside each other."""
    fixed = [*RETRIEVAL, *ANSWERS, *CITATIONS, *FORM, *DECLINING]
    every = [*fixed, *latency(outcomes), *COST, *tone(outcomes)]
    groups = [*dict.fromkeys(one.group for one in every)]
    return sorted(every, key=lambda one: groups.index(one.group))
