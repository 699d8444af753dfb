"""Citations: whether they point to the right documents, and whether their quotes stand there."""

from footnote.evaluation.estimators import Observation
from footnote.evaluation.metrics.metric import Metric, observed
from footnote.evaluation.outcome import Outcome


def _gold_cited(outcome: Outcome) -> tuple[int, int] | None:
    """Citations of gold documents, and all; None for questions that have no gold document."""
    question, said = outcome.question, outcome.said
    if said is None or not question.answerable or not question.gold_documents:
        return None
    cited = [one.document in question.gold_documents for one in said.citations if said.answered]
    return sum(cited), len(cited)


def _cites_gold(outcome: Outcome) -> Observation | None:
    cited = _gold_cited(outcome)
    return None if cited is None else observed(outcome, float(cited[0] > 0))


def _precision(outcome: Outcome) -> Observation | None:
    cited = _gold_cited(outcome)
    return observed(outcome, cited[0] / cited[1]) if cited and cited[1] else None


def _verbatim(outcome: Outcome) -> Observation | None:
    cited = outcome.said.citations if outcome.said else ()
    right = sum(one.verbatim for one in cited)
    return observed(outcome, right, len(cited)) if cited else None


def _verified(outcome: Outcome) -> Observation | None:
    cited = outcome.said.citations if outcome.said else ()
    told = [one.verified for one in cited if one.verified is not None]
    return observed(outcome, sum(told), len(told)) if told else None


CITATIONS = [
    Metric(group="citations", name="cites a gold document", observe=_cites_gold),
    Metric(group="citations", name="precision", observe=_precision),
    Metric(group="citations", name="quotes verbatim", observe=_verbatim),
    Metric(group="citations", name="verified", observe=_verified),
]
