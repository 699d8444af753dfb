"""Round figures, so that a bill can be worked out by hand."""

from datetime import date
from decimal import Decimal

from footnote.costs.assumptions import Assumption, Assumptions
from footnote.costs.bill import Bill, Tariff
from footnote.costs.deployment import DatabaseKind, Deployment
from footnote.costs.measured import (
    Measured,
    MeasuredRun,
    PeakMemory,
    PerChunk,
    PerDocument,
    PerQuestion,
    PerStart,
)
from footnote.costs.prices import read_prices
from footnote.costs.traffic import DAYS_A_MONTH, Traffic
from footnote.costs.uses import Basis

MEASURED = Measured(
    run=MeasuredRun(measured_on=date(2026, 11, 29), machine="none", load=0, command="none"),
    question=PerQuestion(
        processor_ms=40,
        database_ms=10,
        blocks=1000,
        reply_bytes=1000,
        log_bytes=500,
        input_tokens=2000,
    ),
    document=PerDocument(
        bytes=10_000,
        chunks=10,
        processor_ms=800,
        intake_ms=2,
        database_ms=100,
        wal_bytes=409_600,
        log_bytes=1000,
    ),
    chunk=PerChunk(database_bytes=10_000),
    start=PerStart(processor_ms=1040),
    memory=PeakMemory(api_mb=300, intake_mb=100, ingest_mb=900),
)
# A million questions and a hundred thousand documents that change, in a month.
MILLION = Traffic(
    questions_a_day=1_000_000 / DAYS_A_MONTH,
    documents=100_000,
    changed_a_month=100_000,
    by_model=0.5,
)
EXTERNAL = Deployment(database=DatabaseKind.EXTERNAL)
AURORA = Deployment(database=DatabaseKind.AURORA)
TARIFF = Tariff(prices=read_prices())


def basis(traffic: Traffic = MILLION, deployment: Deployment = EXTERNAL) -> Basis:
    """Those figures, with the assumptions that the project ships."""
    return Basis(traffic=traffic, deployment=deployment, measured=MEASURED)


def without_waiting() -> Assumptions:
    """A model that answers at once."""
    return Assumptions(model_s=Assumption(value=0, why="by hand"))


def usd(bill: Bill, item: str) -> Decimal:
    """What the one line of that name costs."""
    (line,) = [line for line in bill.lines if line.use.item == item]
    assert line.usd is not None
    return line.usd
