"""What is kept of questions, and what was forgotten of them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many questions are gone, with all that is tied to them, and how many kept answers."""

    questions: int = 0
    answers: int = 0

    def __add__(self, other: "Forgotten") -> "Forgotten":
        """Both together."""
        return Forgotten(
            questions=self.questions + other.questions, answers=self.answers + other.answers
        )

    def __bool__(self) -> bool:
        """Whether there was anything."""
        return bool(self.questions or self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Rows with words in them; `overdue` questions are older than they may be.

    `summed` questions are gone, and known as sums only.
    """

    questions: int
    overdue: int
    oldest: datetime | None
    feedback: int
    answers: int
    summed: int
