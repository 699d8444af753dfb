"""Metrics as CloudWatch reads them out of the log, and the one list of them."""

import io
import json
import re
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from footnote import observability
from footnote.domain.answer import NO_TOKENS, Usage
from footnote.domain.document import DocumentStatus
from footnote.domain.ledger import LedgerEntry, ModelCall, Outcome
from footnote.domain.model import Model
from footnote.observability import (
    EVERY,
    NAMESPACE,
    QUESTION_TIME,
    QUESTIONS,
    RECALL,
    Metric,
    measure,
    measure_document,
    measure_question,
)
from tests.asking import asked


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def declared(line: dict[str, Any]) -> dict[str, Any]:
    [block] = line["_aws"]["CloudWatchMetrics"]
    assert block["Namespace"] == NAMESPACE
    return dict(block)


def test_values_of_one_moment_are_one_line(written: Any) -> None:
    measure({QUESTIONS: 1, QUESTION_TIME: 12.5})
    [line] = written()
    assert (line["Questions"], line["QuestionTime"]) == ([1], [12.5])
    assert declared(line)["Metrics"] == [
        {"Name": "Questions", "Unit": "Count"},
        {"Name": "QuestionTime", "Unit": "Milliseconds"},
    ]


def test_the_service_tells_one_deployment_from_another(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "footnote-prod")
    measure({QUESTIONS: 1})
    measure({RECALL: 97.0}, knowledge_base="help")
    counted, recall = written()
    assert declared(counted)["Dimensions"] == [["service"]]
    assert sorted(declared(recall)["Dimensions"][0]) == ["knowledge_base", "service"]
    assert (recall["service"], recall["knowledge_base"]) == ("footnote-prod", "help")


@pytest.mark.parametrize(
    ("end", "name"),
    [
        (DocumentStatus.READY, "DocumentsReady"),
        (DocumentStatus.FAILED, "DocumentsFailed"),
        (DocumentStatus.SKIPPED, "DocumentsSkipped"),
        (DocumentStatus.DELETED, "DocumentsDeleted"),
    ],
)
def test_every_end_of_a_document_is_counted(end: DocumentStatus, name: str, written: Any) -> None:
    measure_document(end)
    [line] = written()
    assert line[name] == [1]


def test_every_metric_is_in_the_list_once() -> None:
    named = [value for value in vars(observability).values() if isinstance(value, Metric)]
    assert sorted(metric.name for metric in named) == sorted({metric.name for metric in EVERY})
    assert len(EVERY) == len(named)


def model(price: str | None) -> Model:
    each = None if price is None else Decimal(price)
    address = "http://models.example/v1"
    return Model(name="m", base_url=address, remote_name="m", input_price=each, output_price=each)


def call(price: str | None, *, shadow: bool = False) -> ModelCall:
    usage = Usage(input_tokens=1_000_000, output_tokens=0)
    return ModelCall(
        model=model(price), outcome=Outcome.OK, latency_ms=1, usage=usage, shadow=shadow
    )


def test_a_question_costs_what_all_its_calls_cost(written: Any) -> None:
    entry = LedgerEntry(
        question=asked("How long?"),
        asked_at=datetime.now(UTC),
        status="declined",
        model="m",
        checkpoint=None,
        fallback=None,
        cached=False,
        degraded=None,
        in_corpus=0.9,
        usage=NO_TOKENS,
        cost_usd=None,
        timings_ms={"total": 12.5},
        calls=(call("0.25"), call("0.50", shadow=True), call(None)),
    )
    measure_question(entry)
    [line] = written()
    assert line["CostUsd"] == [0.75]
    assert (line["Questions"], line["Declined"], line["Unanswered"]) == ([1], [1], [0])
    assert line["QuestionTime"] == [12.5]


def test_the_page_of_operations_lists_every_metric_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs/operations.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)` \| [\w ]+ \| (.+) \|$", page, re.MULTILINE))
    named = {metric.name for metric in EVERY}
    assert {name for name in told if name in named} == named
    for metric in EVERY:
        by = f", by {', '.join(metric.by)}" if metric.by else ""
        assert told[metric.name] == metric.about + by


def test_beside_a_command_logs_are_lines_on_standard_error_wherever_that_is_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_over = io.StringIO()
    with observability.aside():
        monkeypatch.setattr(sys, "stderr", taken_over)
        observability.logger.warning("the model did not answer", reason="of ada@example.org")
        observability.measure({observability.SENT_AGAIN: 1})
        monkeypatch.undo()
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")
    (line,) = taken_over.getvalue().splitlines()
    assert line.startswith("warning: the model did not answer (reason: of ")
    assert "ada@" not in line


def test_after_a_command_logs_and_metrics_are_what_they_were(written: Any) -> None:
    def form() -> list[object]:
        return [one.formatter for one in observability.logger.handlers]

    before = form()
    with observability.aside():
        assert form() != before
    assert form() == before
    observability.measure({observability.SENT_AGAIN: 1})
    (line,) = written()
    assert line["ReconcileSent"] == [1.0]
