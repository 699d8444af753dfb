"""Getting better: a data set to a fine-tuned model, by whoever trains it.

A job is written down before its provider hears of it. Whoever looks at it later, from another
terminal or after a crash, goes on: a job without a provider's id is ordered once more under the
same mark, by which the provider knows what it has already.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from footnote.answering.token_count import count_tokens
from footnote.domain.dataset import KeptDataset, Row, Split
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError, UnprocessableError
from footnote.domain.fine_tuning import (
    FineTuning,
    Job,
    JobReport,
    JobSettings,
    JobState,
    Provider,
    TrainingOrder,
)
from footnote.domain.model import MILLION
from footnote.tuning.training_file import RULES, problems_of, written

# A provider that is down for longer than these pauses is told of, and the job goes on without us.
_PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0)
_PROBLEMS_SHOWN = 5


class JobStore(Protocol):
    """Where jobs are written down."""

    def add(
        self, kb: KnowledgeBaseId, dataset_id: int, settings: JobSettings, cost: Decimal | None
    ) -> Job:
        """Note a job before anybody is told of it."""
        ...

    def find(self, kb: KnowledgeBaseId, job_id: int) -> Job:
        """One job."""
        ...

    def started(self, job: Job, remote_id: str) -> None:
        """Note what the provider calls it."""
        ...

    def refused(self, job: Job, error: str) -> None:
        """Note that the provider did not take it."""
        ...

    def looked_at(self, job: Job, report: JobReport) -> None:
        """Note how it stands."""
        ...


class RowStore(Protocol):
    """The rows of data sets."""

    def rows(self, kb: KnowledgeBaseId, dataset_id: int) -> list[Row]:
        """The rows of one version, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTunePorts:
    """What fine-tuning needs from outside."""

    jobs: JobStore
    datasets: RowStore
    providers: Callable[[JobSettings], FineTuning]
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What is about to be sent: rows, tokens in them, and US dollars where a price was given."""

    rows: int
    held_out: int
    tokens: int
    cost: Decimal | None


def estimate(dataset: KeptDataset, epochs: int, per_million: Decimal | None) -> Estimate:
    """What a job would take."""
    cost = training_cost(dataset.tokens, epochs, per_million)
    return Estimate(rows=dataset.train, held_out=dataset.held_out, tokens=dataset.tokens, cost=cost)


def training_cost(tokens: int, epochs: int, per_million: Decimal | None) -> Decimal | None:
    """US dollars to learn from so many tokens so often; None where no price was given."""
    return None if per_million is None else per_million * tokens * epochs / MILLION


def check_rows(rows: Sequence[Row], provider: Provider) -> None:
    """Refuse what the provider would refuse, before anything is sent.

    Raises:
        UnprocessableError: names the lines.
    """
    rules = RULES.get(provider)
    if rules is None:
        return  # it trains nothing
    problems = problems_of(_file(rows), rules, count_tokens)
    if problems:
        more = f" (and {len(problems) - _PROBLEMS_SHOWN} more)" * (len(problems) > _PROBLEMS_SHOWN)
        message = f"{provider} would refuse this: {'; '.join(problems[:_PROBLEMS_SHOWN])}{more}"
        raise UnprocessableError(message)


def start(
    dataset: KeptDataset,
    kb: KnowledgeBaseId,
    settings: JobSettings,
    cost: Decimal | None,
    ports: FineTunePorts,
) -> Job:
    """Write a job down and order it.

    Raises:
        UnprocessableError: the rows break the provider's rules; nothing was sent.
        ModelRefusedError: the provider does not take it, which is written down.
        ModelUnavailableError: whether it was taken is not known; watching it finds out.
    """
    rows = ports.datasets.rows(kb, dataset.dataset_id)
    check_rows(_of(rows, Split.TRAIN), settings.provider)
    provider = ports.providers(settings)
    job = ports.jobs.add(kb, dataset.dataset_id, settings, cost)
    return _order(job, rows, provider, ports)


def _order(job: Job, rows: Sequence[Row], provider: FineTuning, ports: FineTunePorts) -> Job:
    order = TrainingOrder(
        mark=job.mark,
        base_model=job.settings.base_model,
        epochs=job.settings.epochs,
        training=_file(_of(rows, Split.TRAIN)),
        held_out=_file(_of(rows, Split.HELD_OUT)),
    )
    try:
        remote_id = provider.start(order)
    except ModelRefusedError as error:
        ports.jobs.refused(job, str(error))
        raise
    ports.jobs.started(job, remote_id)
    return ports.jobs.find(job.kb, job.job_id)


def look(job: Job, ports: FineTunePorts) -> JobReport | None:
    """How a job stands, once, written down as well; None where it was over before.

    Raises:
        ModelUnavailableError: the provider is down.
        ModelRefusedError: it does not know the job, or refuses the key.
    """
    if job.state.is_over:
        return None
    provider = ports.providers(job.settings)
    if job.remote_id is None:
        job = _order(job, ports.datasets.rows(job.kb, job.dataset_id), provider, ports)
    assert job.remote_id is not None  # noqa: S101 - ordering tells it
    report = provider.look(job.remote_id)
    ports.jobs.looked_at(job, report)
    return report


def watch(job: Job, every_s: float, ports: FineTunePorts) -> Iterator[JobReport | str]:
    """Reports until the job is over, and words where the provider is down for a while.

    Raises:
        ModelUnavailableError: it is down for longer; the job goes on, and may be watched again.
    """
    failures = 0
    while not job.state.is_over:
        try:
            report = look(job, ports)
        except ModelUnavailableError as error:
            if failures == len(_PAUSES_S):
                raise
            yield f"{error}; trying again"
            ports.sleep(error.retry_after_s or _PAUSES_S[failures])
            failures += 1
            continue
        failures = 0
        if report is not None:
            yield report
        job = ports.jobs.find(job.kb, job.job_id)
        if not job.state.is_over:
            ports.sleep(every_s)


def cancel(job: Job, ports: FineTunePorts) -> JobReport | None:
    """Have a job stopped, and look at it.

    Raises:
        UnprocessableError: it is over already.
    """
    if job.state.is_over:
        message = f"job {job.job_id} is over: {job.status}"
        raise UnprocessableError(message)
    if job.remote_id is None:
        report = JobReport(status="never ordered", state=JobState.CANCELLED)
        ports.jobs.looked_at(job, report)
        return report
    ports.providers(job.settings).cancel(job.remote_id)
    return look(job, ports)


def _of(rows: Sequence[Row], split: Split) -> list[Row]:
    return [row for row in rows if row.split is split]


def _file(rows: Sequence[Row]) -> bytes:
    return written(row.messages for row in rows)
