"""Effort: milliseconds from outside and by step, dollars and tokens."""

from collections.abc import Callable, Sequence

from footnote.evaluation.estimators import Observation, quantile
from footnote.evaluation.metrics.metric import Metric, Unit, observed
from footnote.evaluation.outcome import Outcome, Said


def latency(outcomes: Sequence[Outcome]) -> list[Metric]:
    """Times from outside, and of each step of answering that the API told of."""
    answered = [outcome.said for outcome in outcomes if outcome.said and outcome.said.answered]
    steps = dict.fromkeys(step for said in answered for step in said.timings_ms)
    return [
        *_latency("search", lambda one: one.found.outside_ms if one.found else None),
        *_latency("answered", lambda one: _time(one, answered=True)),
        *_latency("declined", lambda one: _time(one, answered=False)),
        *(metric for step in steps for metric in _step(step)),
    ]


def _latency(name: str, spent: Callable[[Outcome], float | None]) -> list[Metric]:
    def observe(outcome: Outcome) -> Observation | None:
        value = spent(outcome)
        return None if value is None else observed(outcome, value)

    return [
        Metric(
            group="latency",
            name=f"{name}, p{percent}",
            observe=observe,
            estimate=quantile(percent / 100),
            unit=Unit.MILLISECONDS,
            more_is_better=False,
        )
        for percent in (50, 95)
    ]


def _time(outcome: Outcome, *, answered: bool) -> float | None:
    """Declining takes no model, so the two are not to be mixed; what fits no schema is neither."""
    said = outcome.said
    if said is None or said.fits is False or said.answered is not answered:
        return None
    return said.outside_ms


def _step(step: str) -> list[Metric]:
    """A step of answering, as the API measured it."""

    def spent(outcome: Outcome) -> float | None:
        said = outcome.said
        return said.timings_ms.get(step) if said and said.answered else None

    return _latency(f"answered: {step}", spent)


def _spent(
    amount: Callable[[Said], float | None],
) -> Callable[[Outcome], Observation | None]:
    """An amount of each reply; none where it is not known."""

    def spent(outcome: Outcome) -> Observation | None:
        known = amount(outcome.said) if outcome.said else None
        return None if known is None else observed(outcome, known)

    return spent


def _dollars(said: Said) -> float | None:
    return None if said.cost_usd is None else said.cost_usd * 1000


def _unpriced(outcome: Outcome) -> bool:
    """A reply of a model without a price; what it cost nothing to decline is not its cost."""
    return outcome.said is not None and outcome.said.cost_usd is None


COST = [
    Metric(
        group="cost",
        name=name,
        observe=_spent(amount),
        unit=unit,
        more_is_better=False,
        hides=_unpriced if unit is Unit.DOLLARS else None,
    )
    for name, amount, unit in (
        ("per 1,000 questions", _dollars, Unit.DOLLARS),
        ("input tokens", lambda said: said.input_tokens, Unit.TOKENS),
        ("output tokens", lambda said: said.output_tokens, Unit.TOKENS),
    )
]
