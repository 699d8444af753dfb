"""What a deployment has to do: questions, documents, and how many of them change."""

from dataclasses import dataclass

DAYS_A_MONTH = 365 / 12
HOURS_A_MONTH = 24 * DAYS_A_MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """One month; without `input_tokens` those that were measured count.

    `by_model`: the share of the questions that a model answers, the rest is told in extracts.
    """

    questions_a_day: float
    documents: int
    changed_a_month: int
    by_model: float = 1.0
    input_tokens: float | None = None
    output_tokens: float = 300.0

    @property
    def questions(self) -> float:
        """Questions in a month."""
        return self.questions_a_day * DAYS_A_MONTH


PRESETS = {
    "idle": Traffic(questions_a_day=0, documents=1_000, changed_a_month=0),
    "small": Traffic(questions_a_day=200, documents=1_000, changed_a_month=100),
    "large": Traffic(questions_a_day=20_000, documents=100_000, changed_a_month=10_000),
}
