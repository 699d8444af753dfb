"""What somebody who knows the documents says of a question that was asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LabelKind(StrEnum):
    """Which questions somebody looks through."""

    UNANSWERED = "unanswered"
    DOWN_VOTED = "down_voted"
    ASKED = "asked"
    LABELLED = "labelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPassage:
    """A passage that answers: the text of a chunk, and the key of its document."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The right answer, None where the documents do not tell, and the passages that hold it."""

    answer: str | None
    passages: tuple[LabelledPassage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """One wording of a question in the ledger: as it was asked last, and how often.

    `status` and `rating` are of the last time; the label, where there is one, is of the wording.
    """

    question_id: str
    question: str
    asked_at: datetime
    times: int
    status: str
    rating: str | None
    label: Label | None
    labelled_at: datetime | None
