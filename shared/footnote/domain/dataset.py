"""Data sets to fine-tune with: chat rows, and which chunk of which version each was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.label import Label


class RowKind(StrEnum):
    """What a row teaches."""

    ANSWER = "answer"
    DECLINE = "decline"
    CLASSIFICATION = "classification"
    EXTRACTION = "extraction"


class Split(StrEnum):
    """What a row is for: no document has rows in both."""

    TRAIN = "train"
    HELD_OUT = "held-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSource:
    """A chunk that a row shows the model; `golden` where the answer quotes its passage."""

    document_id: str
    key: str
    version_id: str | None
    chunk_hash: bytes
    golden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The messages of one example: `system` and `user` as in production, and the `reply` to learn.

    `cluster` names the document that it is about, `answer` is the reply without its quotes, and
    `question_id` the question of the ledger that it was made from.
    """

    kind: RowKind
    question: str
    system: str
    user: str
    reply: str
    answer: str
    cluster: str
    tokens: int
    sources: tuple[RowSource, ...]
    split: Split = Split.TRAIN
    question_id: str | None = None

    @property
    def messages(self) -> list[dict[str, str]]:
        """As chat endpoints take them."""
        said = (("system", self.system), ("user", self.user), ("assistant", self.reply))
        return [{"role": role, "content": content} for role, content in said]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One version of a data set; `prompt_version` is a hash of the instructions in its rows.

    `left_out` counts what could not become a row, by reason.
    """

    kb: KnowledgeBaseId
    name: str
    prompt_version: str
    seed: int
    decline_rate: float
    rows: Sequence[Row]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDataset:
    """A data set as it is kept; `affected` rows show text that its document has no more."""

    dataset_id: int
    name: str
    version: int
    prompt_version: str
    decline_rate: float
    train: int
    held_out: int
    kinds: Mapping[str, int]
    tokens: int
    left_out: Mapping[str, int]
    affected: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBefore:
    """A question of the ledger, and what makes a row of it.

    `label` is what somebody who knows said of it, and is surer than all else. `correction` is what
    somebody said that the answer should have been; `answer` one that was found good, with its
    `quotes` by marker. With none of these it was declined.
    """

    question_id: str
    text: str
    correction: str | None = None
    answer: str | None = None
    quotes: Mapping[int, str] = field(default_factory=dict)
    label: Label | None = None
