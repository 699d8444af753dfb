"""Form: whether an answer in JSON is what its question's schema asks for."""

from footnote.evaluation.estimators import Observation
from footnote.evaluation.metrics.metric import Metric, observed
from footnote.evaluation.outcome import Outcome


def _fits(outcome: Outcome) -> Observation | None:
    """Of what was written; a decline has no form."""
    fits = outcome.said.fits if outcome.said else None
    return None if fits is None else observed(outcome, float(fits))


FORM = [Metric(group="format", name="fits the schema", observe=_fits)]
