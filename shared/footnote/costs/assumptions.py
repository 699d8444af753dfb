"""What nobody measured here and a bill needs all the same: said with it, to be argued with."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A value and the reason for it."""

    value: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Each rather too high than too low."""

    model_s: Assumption = Assumption(
        value=3.0, why="seconds that a function waits for a model to write an answer"
    )
    s3_call_s: Assumption = Assumption(value=0.03, why="seconds of one call to S3; ingest makes 4")
    cold_share: Assumption = Assumption(
        value=0.05, why="share of the questions that find no warm function"
    )
    empty_receives_a_minute: Assumption = Assumption(
        value=30.0, why="Lambda polls 2 queues with 5 pollers of 20 seconds each, also when idle"
    )
    connection_idle_s: Assumption = Assumption(
        value=240.0, why="seconds until an idle connection ends, before Aurora counts its pause"
    )
    acu_awake: Assumption = Assumption(
        value=0.5, why="ACU of an Aurora that is awake and has little to do"
    )
    gb_an_acu: Assumption = Assumption(
        value=1.5, why="GB of table and index that one ACU (2 GiB) keeps in memory"
    )
    acu_a_core: Assumption = Assumption(value=4.0, why="ACU that do what one core does here")
    uncached: Assumption = Assumption(
        value=0.1, why="share of the pages of a question that are read from storage"
    )
    io_bytes: Assumption = Assumption(
        value=4096.0, why="bytes of log that Aurora counts as one I/O"
    )
    reconcile_s: Assumption = Assumption(
        value=2.0, why="seconds of one reconciliation, and as many more for 10,000 documents"
    )

    def told(self) -> dict[str, str]:
        """Each by name, as `3 seconds that ...`."""
        each = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: f"{one.value:g}: {one.why}" for name, one in each}
