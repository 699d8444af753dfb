"""Fine-tuning jobs and the checkpoints that come of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.model import Model, ModelKind


class Provider(StrEnum):
    """Who trains, or serves what was trained elsewhere."""

    OPENAI = "openai"
    TOGETHER = "together"
    FIREWORKS = "fireworks"
    BEDROCK = "bedrock"
    VLLM = "vllm"


class JobState(StrEnum):
    """How far a job is; a status that nobody knows counts as running."""

    STARTING = "starting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self not in (JobState.STARTING, JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSettings:
    """Where a job runs and how; `key_ref` says where the key is, and never is the key.

    `options` are what one provider wants beside: an account, a role and a bucket, or where the
    weights of an adapter are.
    """

    provider: Provider
    base_model: str
    base_url: str
    key_ref: str = ""
    epochs: int = 3
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOrder:
    """What is to be trained: files of chat rows. By its `mark` a provider knows it again."""

    mark: str
    base_model: str
    epochs: int
    training: bytes
    held_out: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """What a provider said of a job, with the losses of a step where it tells them."""

    event_id: str
    at: datetime
    level: str
    message: str
    step: int | None = None
    train_loss: float | None = None
    valid_loss: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model that came of a job, by its endpoint's name; `step` where it is not the last."""

    remote_name: str
    step: int | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """How a job stands: `status` in the provider's word, and what that comes to."""

    status: str
    state: JobState
    error: str = ""
    trained_tokens: int | None = None
    events: Sequence[JobEvent] = ()
    trained: Sequence[Trained] = ()
    sunset: date | None = None


class FineTuning(Protocol):
    """A provider of fine-tuning."""

    def start(self, order: TrainingOrder) -> str:
        """Have it trained; tells the provider's id. An order that it has already is not repeated.

        Raises:
            ModelUnavailableError: it may be tried again.
            ModelRefusedError: the provider does not take it, and says why.
        """
        ...

    def look(self, remote_id: str) -> JobReport:
        """How it stands, with all events so far."""
        ...

    def cancel(self, remote_id: str) -> None:
        """Stop it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it is kept; `estimated_cost` in US dollars, None where no price was given."""

    kb: KnowledgeBaseId
    job_id: int
    dataset_id: int
    dataset: str
    settings: JobSettings
    remote_id: str | None
    status: str
    state: JobState
    error: str
    trained_tokens: int | None
    estimated_cost: float | None
    created_at: datetime
    updated_at: datetime

    @property
    def mark(self) -> str:
        """What it is called at the provider, where only letters, digits and dashes are sure."""
        name = self.dataset.partition("@")[0].replace(".", "-").replace("_", "-")
        return f"footnote-{name[:24].strip('-')}-{self.job_id}"


class CheckpointState(StrEnum):
    """What a checkpoint does."""

    CANDIDATE = "candidate"
    CANARY = "canary"
    ACTIVE = "active"
    REPLACED = "replaced"
    ROLLED_BACK = "rolled back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One fine-tuned version of a model; `verdict` is what the gate said of it.

    `affected` rows show text that its document has no more; `gone` of these are of documents that
    were deleted.
    """

    kb: KnowledgeBaseId
    name: str
    provider: Provider
    base_model: str
    base_url: str
    remote_name: str
    key_ref: str
    dataset: str
    dataset_id: int
    prompt_version: str
    metrics: Mapping[str, float | None]
    sunset: date | None
    state: CheckpointState
    verdict: Mapping[str, object] | None
    affected: int
    gone: int
    created_at: datetime

    def as_model(self) -> Model:
        """As routes know it."""
        return Model(
            name=self.name,
            base_url=self.base_url,
            remote_name=self.remote_name,
            kind=ModelKind.FINE_TUNED,
            checkpoint=self.remote_name,
            sunset=self.sunset,
            key_ref=self.key_ref,
        )
