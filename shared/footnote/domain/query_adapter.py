"""Query adapters as they are kept: what was learned, from what, and what it was promoted by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

type Figures = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedAdapter:
    """A map to be put in force: z = q + up (down q), both as little-endian floats of 4 bytes.

    `question_set` is a hash of what it was learned from, `pull` how strongly it was held to the
    identity, and `figures` are those of the gate.
    """

    directions: int
    down: bytes
    up: bytes
    questions: int
    question_set: bytes
    pull: float
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAdapter:
    """An adapter of a knowledge base; `replaced` is the one before it, `active` answers now."""

    number: int
    index_id: int
    model: str
    directions: int
    questions: int
    pull: float
    figures: Figures
    replaced: int | None
    created_at: datetime
    active: bool
