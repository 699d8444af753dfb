"""What Aurora Serverless v2 is charged for: hours awake, what it holds, reads and writes."""

from collections.abc import Iterator
from math import ceil, exp

from footnote.costs.assumptions import Assumptions
from footnote.costs.bill import Use
from footnote.costs.deployment import Deployment
from footnote.costs.measured import Measured
from footnote.costs.traffic import HOURS_A_MONTH, Traffic

_GB = 1e9


def aurora_uses(
    traffic: Traffic, deployment: Deployment, measured: Measured, assumed: Assumptions
) -> Iterator[Use]:
    """A month of its instance, and of the reader where there is one."""
    part = "database"
    hours = awake_hours(traffic, deployment, assumed)
    size = stored_gb(traffic, measured)
    acu = least_acu(size, deployment, assumed) * hours * (1 + deployment.reader)
    acu += busy_hours(traffic, measured) * assumed.acu_a_core.value
    yield Use(part=part, item="Aurora: capacity", quantity=acu, price="aurora_acu_hour")
    yield Use(part=part, item="Aurora: storage", quantity=size, price="aurora_gb_month")
    reads = traffic.questions * measured.question.blocks * assumed.uncached.value
    writes = traffic.changed_a_month * measured.document.wal_bytes / assumed.io_bytes.value
    yield Use(part=part, item="Aurora: I/O", quantity=reads + writes, price="aurora_io")


def awake_hours(traffic: Traffic, deployment: Deployment, assumed: Assumptions) -> float:
    """Hours of a month in which it does not pause.

    It is awake from an event until the pause after the last one is over. Questions and changes
    come when they like (a Poisson process), reconciliations by the clock: the share of the time
    without any event in the last `t` seconds is exp(-rate * t) times what the clock leaves.
    """
    if deployment.least_acu > 0:
        return HOURS_A_MONTH
    stays_s = assumed.connection_idle_s.value + deployment.pause_s
    rate = (traffic.questions + traffic.changed_a_month) / (HOURS_A_MONTH * 3600)
    by_clock = min(1.0, deployment.reconcile_a_day * stays_s / 86_400)
    return HOURS_A_MONTH * (1 - (1 - by_clock) * exp(-rate * stays_s))


def stored_gb(traffic: Traffic, measured: Measured) -> float:
    """Tables and indexes of all documents."""
    chunks = traffic.documents * measured.document.chunks
    return chunks * measured.chunk.database_bytes / _GB


def least_acu(size_gb: float, deployment: Deployment, assumed: Assumptions) -> float:
    """What it takes while awake: enough to keep everything in memory."""
    return max(assumed.acu_awake.value, deployment.least_acu, size_gb / assumed.gb_an_acu.value)


def remark_of(
    traffic: Traffic, deployment: Deployment, measured: Measured, assumed: Assumptions
) -> str:
    """What the template's own parameters would not give; empty where all is well."""
    wanted = least_acu(stored_gb(traffic, measured), deployment, assumed)
    if not deployment.has_aurora or wanted <= deployment.most_acu:
        return ""
    return (
        f"AuroraMaxCapacity={ceil(wanted)} or more keeps the index in memory, which this bill "
        f"counts; the template's own is {deployment.most_acu:g}"
    )


def busy_hours(traffic: Traffic, measured: Measured) -> float:
    """Hours of one core that the database works in a month."""
    spent_ms = traffic.questions * measured.question.database_ms
    spent_ms += traffic.changed_a_month * measured.document.database_ms
    return spent_ms / 3.6e6
