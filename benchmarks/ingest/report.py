"""Rounds of bare and whole work to the figures that are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.ingest.measuring import Bare, Whole

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Both kinds of work on the same files."""

    files: Mapping[str, bytes]
    bare: Bare
    whole: Whole

    @property
    def megabytes(self) -> float:
        """The size of all files."""
        return sum(map(len, self.files.values())) / MEGABYTE


def rounds_report(rounds: Sequence[Round]) -> dict[str, object]:
    """Medians over the rounds, and by how much of the bare work's time each part adds to it.

    Where others use the machine, wall clock says how much of it each kind of work was given;
    processor time is what tells the two apart then.
    """
    walls = [one.whole.seconds / one.bare.seconds for one in rounds]
    return {
        "files": sum(len(one.files) for one in rounds),
        "chunks": sum(one.bare.chunks for one in rounds),
        "megabytes": round(sum(one.megabytes for one in rounds), 2),
        "documents_per_s": round(median(len(o.files) / o.whole.seconds for o in rounds), 2),
        "megabytes_per_s": round(median(o.megabytes / o.whole.seconds for o in rounds), 3),
        "end_to_end_by_bare": round(median(walls), 3),
        "end_to_end_by_bare_of_each_round": [round(wall, 3) for wall in walls],
        "processor_time_by_bare": round(
            median(sum(o.whole.processor_s.values()) / o.bare.processor_s for o in rounds), 3
        ),
        "processor_time_by_bare_of_each_part": _parts(rounds),
        "peak_memory_mb": round(max(one.whole.peak_mb for one in rounds)),
    }


def _parts(rounds: Sequence[Round]) -> dict[str, float]:
    bare = sum(one.bare.processor_s for one in rounds)
    parts = sorted({part for one in rounds for part in one.whole.processor_s})
    spent = {part: sum(o.whole.processor_s.get(part, 0.0) for o in rounds) for part in parts}
    return {part: round(spent[part] / bare, 3) for part in sorted(parts, key=lambda p: -spent[p])}
