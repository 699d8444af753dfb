"""What people say of an answer."""

from dataclasses import dataclass
from enum import StrEnum

from footnote.domain.question import QuestionId


class Rating(StrEnum):
    """A thumb."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One opinion of one answer; `correction` is the answer that it should have been."""

    question_id: QuestionId
    rating: Rating
    comment: str | None = None
    correction: str | None = None
