"""Break-even: from how many questions on a fine-tuned model costs less than the hosted one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Questions a month, and what a fine-tuned model costs however many there are, in dollars.

    `training_usd` is None where it is not known.
    """

    questions: int
    serving_usd: float = 0.0
    training_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """Two ways to answer at one traffic, in dollars a month.

    `from_questions` is the traffic from which the tuned one costs less a month, None where it never
    does; `paid_back_months` is when training is paid back, None where it never is, or where what it
    cost is not known.
    """

    hosted_usd: float
    tuned_usd: float
    from_questions: float | None
    paid_back_months: float | None


def break_even(hosted_usd: float, tuned_usd: float, traffic: Traffic) -> BreakEven:
    """Compare dollars per 1,000 questions of both ways at a traffic."""
    saved = (hosted_usd - tuned_usd) / 1000
    thousands = traffic.questions / 1000
    monthly = saved * traffic.questions - traffic.serving_usd
    return BreakEven(
        hosted_usd=hosted_usd * thousands,
        tuned_usd=tuned_usd * thousands + traffic.serving_usd,
        from_questions=traffic.serving_usd / saved if saved > 0 else None,
        paid_back_months=_paid_back(traffic.training_usd, monthly),
    )


def _paid_back(training_usd: float | None, monthly: float) -> float | None:
    return None if training_usd is None or monthly <= 0 else training_usd / monthly
