"""What one question and one document take, as `make bench-cost` measured it, and of which day."""

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from footnote.costs.told import read_told

MEASURED = Path(__file__).with_name("measured.toml")


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MeasuredRun(_Told):
    """When, where and how it was measured; `load` is the machine's load average meanwhile."""

    measured_on: date
    machine: str
    load: float = Field(ge=0)
    command: str


class PerQuestion(_Told):
    """One question, asked of a warm function; `blocks` are pages that Postgres looked at.

    `input_tokens` are those of the prompt, by a count that is rather too high.
    """

    processor_ms: float = Field(ge=0)
    database_ms: float = Field(ge=0)
    blocks: float = Field(ge=0)
    reply_bytes: float = Field(ge=0)
    log_bytes: float = Field(ge=0)
    input_tokens: float = Field(ge=0)


class PerDocument(_Told):
    """One document that is new: read, embedded and written; `intake_ms` is its notification's."""

    bytes: float = Field(ge=0)
    chunks: float = Field(gt=0)
    processor_ms: float = Field(ge=0)
    intake_ms: float = Field(ge=0)
    database_ms: float = Field(ge=0)
    wal_bytes: float = Field(ge=0)
    log_bytes: float = Field(ge=0)


class PerChunk(_Told):
    """What one chunk takes in the database, with its indexes."""

    database_bytes: float = Field(ge=0)


class PerStart(_Told):
    """Processor time of the first question that an environment answers, its start included."""

    processor_ms: float = Field(ge=0)


class PeakMemory(_Told):
    """The most memory that a process held; of `ingest` with the child that parses."""

    api_mb: float = Field(gt=0)
    intake_mb: float = Field(gt=0)
    ingest_mb: float = Field(gt=0)


class Measured(_Told):
    """Everything that a bill is made from."""

    run: MeasuredRun
    question: PerQuestion
    document: PerDocument
    chunk: PerChunk
    start: PerStart
    memory: PeakMemory


def read_measured(path: Path = MEASURED) -> Measured:
    """Read what was measured.

    Raises:
        SettingsError: the file cannot be read, or is of another form.
    """
    return read_told(Measured, path, "measurements of `make bench-cost`")
