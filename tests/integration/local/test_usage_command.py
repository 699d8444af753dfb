"""What `footnote usage` prints, for people and for programs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from footnote.cli.application import app
from footnote.cli.output import console
from footnote.local.gateway import Gateway

pytestmark = pytest.mark.integration
QUIET: dict[str, Any] = {
    **dict.fromkeys(("questions", "answered", "declined", "failed", "kept", "thumbs_down"), 0),
    **dict.fromkeys(("input_tokens", "output_tokens", "cost_usd", "unpriced"), 0),
    "finding_usd": 0.0,
    "p50_ms": None,
    "p95_ms": None,
}
BUSY = QUIET | {"questions": 1200, "answered": 1100, "declined": 100, "kept": 30}
BUSY |= {"p50_ms": 81.4, "p95_ms": 1210.0, "input_tokens": 90_000, "output_tokens": 4_000}
BUSY |= {"cost_usd": 0.0213, "unpriced": 2, "finding_usd": 0.0047}
MODEL = {"model": "small", "checkpoint": "c7", "shadow": True, "calls": 40, "not_ok": 3}
MODEL |= {"input_tokens": 90_000, "output_tokens": 4_000, "cost_usd": 0.0213, "unpriced": 0}
MODEL |= {"p50_ms": None, "p95_ms": None}
REPLY: dict[str, Any] = {
    "by": "day",
    "total": BUSY,
    "parts": [BUSY | {"at": "2026-11-01T00:00:00Z"}, QUIET | {"at": "2026-11-02T00:00:00Z"}],
    "models": [MODEL],
    "budgets": [
        {"key_id": "pk_a", "name": "widget", "daily_usd": 2.0, "spent_usd": 0.5, "left_usd": 1.5}
    ],
}


class UsageApi:
    """Tells what it is given, and keeps what it was asked."""

    def __init__(self) -> None:
        self.reply = REPLY
        self.asked: list[Any] = []

    def invoke(self, event: Any) -> object:
        self.asked.append(event["queryStringParameters"])
        return {"statusCode": 200, "body": json.dumps(self.reply)}


@pytest.fixture
def api() -> UsageApi:
    return UsageApi()


@pytest.fixture
def url(api: UsageApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    # As wide as where the test runs otherwise.
    monkeypatch.setattr(console, "width", 160)
    gateway = Gateway(0, api)
    gateway.start()
    yield f"http://127.0.0.1:{gateway.server_port}"
    gateway.stop()


def usage(url: str, *options: str) -> str:
    result = CliRunner().invoke(app, ["usage", "--api", url, *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_days_on_which_something_was_asked_are_lines_of_a_table(url: str) -> None:
    printed = usage(url)
    day, total = (
        next(line.split() for line in printed.splitlines() if line.startswith(name))
        for name in ("2026-11-01", "all")
    )
    figures = "1,200 1,100 100 0 30 0 81 1,210 94,000 0.0213 +?"
    assert day[1:] == figures.split()
    assert total[1:] == day[1:]
    assert "2026-11-02" not in printed
    assert "small (c7), shadow" in printed
    assert "0.0047" in printed  # what finding the passages cost
    assert "pk_a (widget): 1.5000 of 2.0000 USD left today" in printed


def test_programs_get_what_the_api_tells(url: str, api: UsageApi) -> None:
    options = ("-k", "help", "--from", "2026-11-01", "--by", "hour", "--json")
    assert json.loads(usage(url, *options)) == REPLY
    assert api.asked == [{"knowledge_base": "help", "from": "2026-11-01", "by": "hour"}]


def test_a_time_in_which_nothing_was_asked_says_so(url: str, api: UsageApi) -> None:
    api.reply = REPLY | {"total": QUIET, "models": []}
    assert usage(url).startswith("Nothing was asked in this time.")
