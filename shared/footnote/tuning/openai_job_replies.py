"""What servers reply that have OpenAI's fine-tuning jobs, as far as they agree."""

import math
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field


def _figure(value: object) -> object:
    """A loss that can be one; a job is not lost over a figure that cannot be."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None


def _day(value: object) -> object:
    """A date, however it is written; None where it cannot be read."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC).date()
        return date.fromisoformat(str(value)[:10]) if value else None
    except (ValueError, OverflowError, OSError):
        return None


type Figure = Annotated[float | None, BeforeValidator(_figure)]


class NamedReply(BaseModel):
    """Anything that has an id."""

    id: str


class ErrorReply(BaseModel):
    """Why a job failed, in the provider's own words."""

    code: str | None = None
    message: str | None = None
    param: str | None = None

    @property
    def told(self) -> str:
        """A provider's error in its own words."""
        if not (self.message or self.code):
            return ""
        return f"{self.message or ''} ({self.code})" if self.code else self.message or ""


class JobReply(NamedReply):
    """A job; what a server leaves out is not known."""

    model: str = ""
    status: str = "unknown"
    error: ErrorReply | None = None
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    metadata: dict[str, str] | None = None


class FiguresReply(BaseModel):
    """Losses of a step."""

    step: Figure = None
    train_loss: Figure = None
    valid_loss: Figure = None
    full_valid_loss: Figure = None

    @property
    def validation(self) -> float | None:
        """The loss on all held-out rows, or else on some."""
        return self.valid_loss if self.full_valid_loss is None else self.full_valid_loss

    @property
    def metrics(self) -> dict[str, float]:
        """Those that are known."""
        told = {"train_loss": self.train_loss, "valid_loss": self.validation}
        return {name: value for name, value in told.items() if value is not None}


def _object(value: object) -> object:
    return value if isinstance(value, dict) else {}


class EventReply(NamedReply):
    """Something that a job told."""

    created_at: int = 0
    level: str = "info"
    message: str = ""
    data: Annotated[FiguresReply, BeforeValidator(_object)] = FiguresReply()


class CheckpointReply(NamedReply):
    """A model that a job kept on its way."""

    fine_tuned_model_checkpoint: str
    step_number: int = 0
    metrics: Annotated[FiguresReply, BeforeValidator(_object)] = FiguresReply()


class PageReply[Item: NamedReply](BaseModel):
    """A page of a list."""

    data: list[Item] = Field(default_factory=list)
    has_more: bool = False


class ModelReply(NamedReply):
    """A model, and when it goes."""

    shutdown_date: Annotated[date | None, BeforeValidator(_day)] = None
