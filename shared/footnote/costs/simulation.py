"""Sizes that fit nowhere here: how many databases, how long a search, what breaks first."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from footnote.costs.bill import Use
from footnote.costs.curve import Curve
from footnote.costs.deployment import API_MB, INGEST_MB
from footnote.costs.queueing import Queue
from footnote.costs.traffic import HOURS_A_MONTH
from footnote.costs.uses import Basis, document_s, question_s

_GB = 1e9
# Sources: AWS Lambda quotas (1,000 concurrent executions, can be raised to tens of thousands);
# Amazon RDS API Reference, ServerlessV2ScalingConfiguration (256 ACU of about 2 GiB each).
LAMBDA_CONCURRENCY = 1_000
LARGEST_ACU = 256
# What an account's API Gateway takes unless it asks for more, and Aurora's own most connections:
# common knowledge, not looked up.
API_REQUESTS_A_SECOND = 10_000
MOST_CONNECTIONS = 5_000
# FOOTNOTE_DATABASE_CONNECTIONS of `api` and `stream`.
CONNECTIONS_A_FUNCTION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A size to think about; chunks are spread evenly over the knowledge bases.

    `busiest`: so many times the average is what the busiest database gets, for knowledge bases are
    not asked alike. `load`: the share of its cores that a database is to be busy at that.
    """

    chunks: float = 1e9
    questions_a_second: float = 1_000.0
    knowledge_bases: int = 10_000
    busiest: float = 2.0
    load: float = 0.6
    ingest_concurrency: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Something that is full at so many questions a second, or so many chunks, as it is today."""

    name: str
    holds: float
    wanted: float
    unit: str
    remedy: str

    @property
    def times(self) -> float:
        """How many times over it would be."""
        return self.wanted / self.holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a size comes to."""

    wanted: Wanted
    core_ms: float
    shards: int
    shards_for_memory: int
    shards_for_work: int
    acu: float
    busiest: Queue
    average: Queue
    limits: tuple[Limit, ...]
    ingest_hours: float
    beyond: bool

    @property
    def fits(self) -> bool:
        """Whether each knowledge base fits into one database."""
        return self.shards <= self.wanted.knowledge_bases


def simulate(wanted: Wanted, curve: Curve, basis: Basis) -> Simulated:
    """How many databases it takes, how long a search takes then, and what is full before.

    A question is asked of one knowledge base, which lies whole in one database: so a search is one
    statement there, whatever else there is.
    """
    core_s = curve.core_ms(wanted.chunks / wanted.knowledge_bases) / 1e3
    for_memory, for_work = _shards(wanted, curve, basis, core_s)
    shards = max(for_memory, for_work)
    acu = _acu(wanted, curve, basis, shards)
    cores = max(1, int(acu / basis.assumptions.acu_a_core.value))
    average = wanted.questions_a_second / shards
    return Simulated(
        wanted=wanted,
        core_ms=core_s * 1e3,
        shards=shards,
        shards_for_memory=for_memory,
        shards_for_work=for_work,
        acu=acu,
        busiest=Queue(arrivals=average * wanted.busiest, seconds=core_s, servers=cores),
        average=Queue(arrivals=average, seconds=core_s, servers=cores),
        limits=tuple(sorted(_limits(wanted, curve, basis, core_s), key=lambda one: -one.times)),
        ingest_hours=_ingest_s(wanted, basis) / wanted.ingest_concurrency / 3600,
        beyond=wanted.chunks / wanted.knowledge_bases > curve.largest.chunks,
    )


def simulated_uses(found: Simulated, curve: Curve, basis: Basis) -> list[Use]:
    """A month at that rate all day long."""
    asked = found.wanted.questions_a_second * HOURS_A_MONTH * 3600
    question, traffic = basis.measured.question, basis.traffic
    answers = asked * traffic.by_model
    hours = found.shards * found.acu * HOURS_A_MONTH
    stored = found.wanted.chunks * curve.largest.held_bytes / _GB
    read = question.input_tokens if traffic.input_tokens is None else traffic.input_tokens
    seconds = asked * question_s(basis) * API_MB / 1024

    def use(part: str, item: str, quantity: float, price: str) -> Use:
        return Use(part=part, item=item, quantity=quantity, price=price)

    return [
        use("database", "Aurora: capacity", hours, "aurora_acu_hour"),
        use("database", "Aurora: storage", stored, "aurora_gb_month"),
        use("questions", "api: time", seconds, "lambda_gb_second"),
        use("questions", "api: invocations", asked, "lambda_request"),
        use("questions", "API Gateway: requests", asked, "api_request"),
        use("questions", "replies", asked * question.reply_bytes / _GB, "transfer_out_gb"),
        use("watching", "logs", asked * question.log_bytes / _GB, "log_gb"),
        use("model", "tokens read", answers * read, "input_token"),
        use("model", "tokens written", answers * traffic.output_tokens, "output_token"),
    ]


def first_ingest(found: Simulated, basis: Basis) -> list[Use]:
    """Reading every document once."""
    seconds = _ingest_s(found.wanted, basis) * INGEST_MB / 1024
    return [Use(part="documents", item="ingest: time", quantity=seconds, price="lambda_gb_second")]


def _shards(wanted: Wanted, curve: Curve, basis: Basis, core_s: float) -> tuple[int, int]:
    hot = wanted.chunks * curve.largest.hot_bytes / _GB
    cores = LARGEST_ACU / basis.assumptions.acu_a_core.value
    busy = wanted.questions_a_second * core_s * wanted.busiest
    return (
        max(1, ceil(hot / (LARGEST_ACU * basis.assumptions.gb_an_acu.value))),
        max(1, ceil(busy / (cores * wanted.load))),
    )


def _acu(wanted: Wanted, curve: Curve, basis: Basis, shards: int) -> float:
    """What each database takes to keep its share in memory and to have cores for it."""
    assumed = basis.assumptions
    hot = wanted.chunks * curve.largest.hot_bytes / _GB / shards
    core_s = curve.core_ms(wanted.chunks / wanted.knowledge_bases) / 1e3
    cores = wanted.questions_a_second * core_s * wanted.busiest / shards / wanted.load
    needed = max(hot / assumed.gb_an_acu.value, cores * assumed.acu_a_core.value)
    return min(LARGEST_ACU, max(assumed.acu_a_core.value, ceil(2 * needed) / 2))


def _ingest_s(wanted: Wanted, basis: Basis) -> float:
    return wanted.chunks / basis.measured.document.chunks * document_s(basis)


def _limits(wanted: Wanted, curve: Curve, basis: Basis, core_s: float) -> Iterator[Limit]:
    rate, each_s = wanted.questions_a_second, question_s(basis)
    cores = LARGEST_ACU / basis.assumptions.acu_a_core.value
    memory = LARGEST_ACU * basis.assumptions.gb_an_acu.value * _GB
    a_second, chunks = "questions a second", "chunks"
    yield Limit(
        name="memory of one database",
        holds=memory / curve.largest.hot_bytes,
        wanted=wanted.chunks,
        unit=chunks,
        remedy="shards by knowledge base; an index of bits",
    )
    yield Limit(
        name="one knowledge base in one database",
        holds=memory / curve.largest.hot_bytes,
        wanted=wanted.chunks / wanted.knowledge_bases,
        unit=chunks,
        remedy="knowledge bases that are smaller: none is searched in several databases at once",
    )
    yield Limit(
        name="functions at once (an account's first quota)",
        holds=LAMBDA_CONCURRENCY / each_s,
        wanted=rate,
        unit=a_second,
        remedy="a higher quota; a quicker model, for waiting for it is most of the time",
    )
    yield Limit(
        name="connections of one database",
        holds=MOST_CONNECTIONS / CONNECTIONS_A_FUNCTION / each_s,
        wanted=rate,
        unit=a_second,
        remedy="a pooler in transaction mode",
    )
    yield Limit(
        name="cores of one database",
        holds=cores * wanted.load / core_s,
        wanted=rate,
        unit=a_second,
        remedy="readers for questions, then shards",
    )
    yield Limit(
        name="API Gateway (an account's first quota)",
        holds=API_REQUESTS_A_SECOND,
        wanted=rate,
        unit=a_second,
        remedy="a higher quota",
    )
