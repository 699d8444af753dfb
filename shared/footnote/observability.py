"""Structured logs: one JSON object a line, with the request's id; metrics are such lines too."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from logging import StreamHandler

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from footnote.domain.document import DocumentStatus
from footnote.domain.ledger import LedgerEntry
from footnote.domain.masking import told
from footnote.masked_logs import MaskingFormatter, ReadableFormatter, guard_logs

logger = Logger(
    service="footnote", log_uncaught_exceptions=True, logger_formatter=MaskingFormatter()
)
guard_logs()

NAMESPACE = "Footnote"
# Read by Powertools.
_NO_METRICS = "POWERTOOLS_METRICS_DISABLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One thing that is counted or timed; `by`: the dimensions that it has beside the service."""

    name: str
    unit: MetricUnit
    about: str
    by: tuple[str, ...] = ()


_COUNT, _TIME = MetricUnit.Count, MetricUnit.Milliseconds

# Every metric there is: docs/operations.md lists them, dashboard and alarms of template.yaml show
# them, and a test holds these to each other.
QUESTIONS = Metric(name="Questions", unit=_COUNT, about="questions that were asked")
DECLINED = Metric(
    name="Declined", unit=_COUNT, about="of these, how many the documents do not answer"
)
UNANSWERED = Metric(name="Unanswered", unit=_COUNT, about="of these, how many failed")
QUESTION_TIME = Metric(
    name="QuestionTime", unit=_TIME, about="one question, from its arrival in the code to its reply"
)
COST = Metric(
    name="CostUsd",
    unit=MetricUnit.NoUnit,
    about="what its calls to models cost, in US dollars, shadows too",
)
READY = Metric(name="DocumentsReady", unit=_COUNT, about="documents that became answerable")
FAILED = Metric(name="DocumentsFailed", unit=_COUNT, about="documents that cannot be read")
SKIPPED = Metric(name="DocumentsSkipped", unit=_COUNT, about="documents of a kind that is not read")
DELETED = Metric(
    name="DocumentsDeleted", unit=_COUNT, about="documents that are gone from the index"
)
INDEX_AGE = Metric(
    name="IndexAge",
    unit=MetricUnit.Seconds,
    about="how long the oldest upload waits that is not in the index yet, at each reconciliation",
)
SENT_AGAIN = Metric(
    name="ReconcileSent", unit=_COUNT, about="notifications that a reconciliation sent again"
)
BRAKED = Metric(name="DeletionsBraked", unit=_COUNT, about="deletions that its brake held back")
FORGOTTEN = Metric(
    name="QuestionsForgotten", unit=_COUNT, about="questions that retention has deleted"
)
MODEL_DAYS = Metric(
    name="ModelDaysLeft",
    unit=_COUNT,
    about="days until the first model that a route leads to is dropped, at each reconciliation",
)
RECALL = Metric(
    name="Recall",
    unit=MetricUnit.Percent,
    about="what a live search found of what an exact one finds",
    by=("knowledge_base",),
)
RERANK_TIME = Metric(name="RerankTime", unit=_TIME, about="one call to the reranker", by=("model",))
CANARY_FAILED = Metric(
    name="CanaryFailed", unit=_COUNT, about="runs of the canary that did not end well: 0 or 1 each"
)
PUT_TO_ANSWERABLE = Metric(
    name="PutToAnswerable",
    unit=_TIME,
    about="the canary's document, from its upload until it is answerable",
)
DELETE_TO_GONE = Metric(
    name="DeleteToGone",
    unit=_TIME,
    about="the canary's document, from its deletion until it is gone",
)

EVERY = (
    *(QUESTIONS, DECLINED, UNANSWERED, QUESTION_TIME, COST),
    *(READY, FAILED, SKIPPED, DELETED, INDEX_AGE, SENT_AGAIN, BRAKED, FORGOTTEN),
    MODEL_DAYS,
    *(RECALL, RERANK_TIME, CANARY_FAILED, PUT_TO_ANSWERABLE, DELETE_TO_GONE),
)


def measure(values: Mapping[Metric, float], **by: str) -> None:
    """Write values of metrics as one line, as CloudWatch reads it out of a log (EMF).

    The service, which tells one deployment from another, is POWERTOOLS_SERVICE_NAME.
    """
    line = EphemeralMetrics(namespace=NAMESPACE)
    for dimension, of in by.items():
        line.add_dimension(name=dimension, value=of)
    for metric, value in values.items():
        line.add_metric(name=metric.name, unit=metric.unit, value=value)
    line.flush_metrics()


def measure_question(entry: LedgerEntry) -> None:
    """Write what one question came to."""
    costs = [call.cost_usd for call in entry.calls]
    values = {
        QUESTIONS: 1,
        DECLINED: entry.status == "declined",
        UNANSWERED: entry.status == "failed",
        QUESTION_TIME: entry.timings_ms["total"],
        COST: float(entry.finding_usd + sum(cost for cost in costs if cost)),
    }
    measure(values)


def measure_document(end: DocumentStatus) -> None:
    """Write how the way of one version of a document ended."""
    counted = {
        DocumentStatus.READY: READY,
        DocumentStatus.FAILED: FAILED,
        DocumentStatus.SKIPPED: SKIPPED,
        DocumentStatus.DELETED: DELETED,
    }
    measure({counted[end]: 1})


class _StandardError:
    """Whatever that is when something is said: while a progress bar moves, it is the bar's."""

    def write(self, text: str) -> None:
        sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


@contextmanager
def aside() -> Iterator[None]:
    """For a command, whose output is its own: logs are lines to read on standard error.

    Metrics go nowhere.
    """
    before = os.environ.get(_NO_METRICS)
    os.environ[_NO_METRICS] = "true"
    handlers = [one for one in logger.handlers if isinstance(one, StreamHandler)]
    kept = [(handler, handler.stream, handler.formatter) for handler in handlers]
    for handler in handlers:
        handler.setStream(_StandardError())
        handler.setFormatter(ReadableFormatter())
    try:
        yield
    finally:
        for handler, stream, formatter in kept:
            handler.setStream(stream)
            handler.setFormatter(formatter)
        if before is None:
            del os.environ[_NO_METRICS]
        else:
            os.environ[_NO_METRICS] = before


class FunctionFailedError(Exception):
    """What is told of an error that nobody caught: the platform writes it into its own log."""


def guarded[**Taken, Result](handler: Callable[Taken, Result]) -> Callable[Taken, Result]:
    """A handler whose errors say nothing that a person said, also where Lambda logs them itself."""

    @wraps(handler)
    def inner(*arguments: Taken.args, **more: Taken.kwargs) -> Result:
        try:
            return handler(*arguments, **more)
        except Exception as error:
            logger.error("the function failed", exc_info=error)
            raise FunctionFailedError(told(error)) from None

    return inner
