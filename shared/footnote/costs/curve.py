"""How much work a search is in knowledge bases of several sizes, by `make bench-growth`."""

from datetime import date
from math import log
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from footnote.costs.told import read_told

CURVE = Path(__file__).with_name("growth.toml")


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Point(_Told):
    """One size: processor time of the server for a search, and bytes of a chunk.

    `hot_bytes` are what a search walks through, and should stand in memory: the rows that are
    searched and their indexes. `held_bytes` are all.
    """

    chunks: int = Field(gt=0)
    core_ms: float = Field(gt=0)
    hot_bytes: float = Field(gt=0)
    held_bytes: float = Field(gt=0)


class Curve(_Told):
    """The sizes in order, with the day and the machine; `load` is that of the last size."""

    measured_on: date
    machine: str
    load: float = Field(ge=0)
    command: str
    points: tuple[Point, ...] = Field(min_length=2)

    @property
    def largest(self) -> Point:
        """The last that was measured: whatever is larger is guessed from it and the one before."""
        return self.points[-1]

    def core_ms(self, chunks: float) -> float:
        """Between two sizes by the logarithm of the chunks; behind the last at its slope."""
        after = next(
            (at for at, point in enumerate(self.points) if point.chunks >= chunks),
            len(self.points) - 1,
        )
        low, high = self.points[max(1, after) - 1], self.points[max(1, after)]
        if chunks <= low.chunks:
            return low.core_ms
        share = log(chunks / low.chunks) / log(high.chunks / low.chunks)
        if chunks > high.chunks:  # more chunks are never less work
            slope = max(0.0, high.core_ms - low.core_ms)
            return high.core_ms + slope * (share - 1)
        return low.core_ms + share * (high.core_ms - low.core_ms)


def read_curve(path: Path = CURVE) -> Curve:
    """Read what was measured.

    Raises:
        SettingsError: the file cannot be read, or is of another form.
    """
    return read_told(Curve, path, "a curve of `make bench-growth`")
