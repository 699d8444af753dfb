"""A classifier: which label a text has, told from its embedding, and when it is better not said."""

import math
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from footnote.domain.errors import UnprocessableError

type Figures = Mapping[str, float | None]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What a classifier says of a text; `label` is None where it abstains."""

    label: str | None
    probabilities: Mapping[str, float]

    @property
    def abstained(self) -> bool:
        """Whether no label is likely enough."""
        return self.label is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One version of a classifier: a multinomial logistic model of embeddings of one model.

    `rows` has for each label a weight for each float and one more, the intercept. Scores are
    divided by the `temperature`; a label is said where its probability is the `threshold` or more.
    """

    model: str
    labels: tuple[str, ...]
    rows: tuple[Sequence[float], ...]
    temperature: float
    threshold: float

    def labelled(self, vector: Sequence[float]) -> Labelled:
        """The likeliest label of a text with this embedding."""
        given = [*vector, 1.0]
        scores = [math.sumprod(row, given) / self.temperature for row in self.rows]
        top = max(scores)
        parts = [math.exp(score - top) for score in scores]
        whole = sum(parts)
        likely = {label: part / whole for label, part in zip(self.labels, parts, strict=True)}
        best = max(likely, key=lambda label: likely[label])
        said = best if likely[best] >= self.threshold else None
        return Labelled(label=said, probabilities=likely)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedCheckpoint:
    """A checkpoint to be promoted, with what it learned from and how it did on what it did not.

    `learned` are hashes of the texts: a later checkpoint is held against this one on others.
    """

    checkpoint: Checkpoint
    learned: frozenset[bytes]
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCheckpoint:
    """A checkpoint that was promoted once; `replaced` is the one before it, `active` serves now."""

    classifier: str
    number: int
    model: str
    labels: tuple[str, ...]
    examples: int
    figures: Figures
    replaced: int | None
    created_at: datetime
    active: bool


def check_name(name: str) -> None:
    """Refuse what cannot be a classifier's name.

    Raises:
        UnprocessableError: says what it should be.
    """
    if not _NAME.fullmatch(name):
        message = f"{name!r} is no name for a classifier: up to 63 lower case letters, digits and -"
        raise UnprocessableError(message)


def packed(rows: Sequence[Sequence[float]]) -> bytes:
    """Rows of floats of 4 bytes, as this machine keeps them."""
    return b"".join(array("f", row).tobytes() for row in rows)
