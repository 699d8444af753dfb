"""Tone: what a model that judges says of answers, under its own name."""

from collections.abc import Callable, Iterable, Sequence

from footnote.evaluation.estimators import Observation
from footnote.evaluation.metrics.metric import Metric, Unit, observed
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.tone import JudgedTone


def tone(outcomes: Iterable[Outcome]) -> list[Metric]:
    """The verdicts of each judge and guide, and what they cost beside the answers."""
    judges = dict.fromkeys(
        (one.tone.judge, one.tone.guide) for one in outcomes if one.tone is not None
    )
    return [metric for judge, guide in judges for metric in _of(judge, guide)]


def judged_tone(runs: Iterable[Sequence[Outcome]]) -> Metric | None:
    """The verdicts, where all of several runs are of one judge and one guide."""
    found = [tone(outcomes) for outcomes in runs]
    names = {tuple(one.name for one in metrics) for metrics in found}
    return found[0][0] if len(names) == 1 and len(found[0]) == 2 else None


def _of(judge: str, guide: str) -> list[Metric]:
    def said(
        value: Callable[[JudgedTone], float | None],
    ) -> Callable[[Outcome], Observation | None]:
        def observe(outcome: Outcome) -> Observation | None:
            verdict = outcome.tone
            if verdict is None or (verdict.judge, verdict.guide) != (judge, guide):
                return None
            known = value(verdict)
            return None if known is None else observed(outcome, float(known))

        return observe

    return [
        Metric(
            group="tone",
            name=f"wanted tone {guide}, as {judge} judges it",
            observe=said(lambda one: one.keeps),
        ),
        Metric(
            group="cost",
            name=f"judging by {judge}, per 1,000 answers",
            observe=said(lambda one: None if one.cost_usd is None else one.cost_usd * 1000),
            unit=Unit.DOLLARS,
            more_is_better=False,
        ),
    ]
