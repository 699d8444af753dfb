"""The registry of models in a real Postgres, and the command that changes it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from rich.console import Console
from typer.testing import CliRunner

from footnote.cli.application import app
from footnote.domain.answer import Usage
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.domain.ledger import ModelCall, Outcome
from footnote.domain.model import EVERY_KB, ModelKind, Route
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.models import PostgresModels
from tests.asking import KB, a_model
from tests.integration.postgres.test_ledger import entry
from tests.new_process import forget_what_was_built

pytestmark = pytest.mark.integration
SMALL = a_model(
    "small",
    "https://models.example/v1",
    remote_name="org/Small:v2",
    kind=ModelKind.FINE_TUNED,
    checkpoint="ckpt-3",
    input_price=Decimal("0.40"),
    output_price=Decimal("1.60"),
    context_tokens=128_000,
    max_output_tokens=700,
    sunset=date(2027, 1, 6),
    key_ref="SMALL_API_KEY",
)
LARGE = a_model("large")


@pytest.fixture
def models(database: Database) -> PostgresModels:
    registry = PostgresModels(database)
    for model in (SMALL, LARGE, a_model("other")):
        registry.add(model)
    return registry


def test_a_model_comes_back_as_it_was_added(models: PostgresModels) -> None:
    assert models.catalogue().models["small"] == SMALL


def test_a_model_is_changed_as_a_whole(models: PostgresModels) -> None:
    changed = replace(SMALL, checkpoint="ckpt-4", sunset=None)
    models.change(changed)
    assert models.catalogue().models["small"] == changed


def test_a_name_that_is_taken_and_one_that_is_unknown_are_refused(models: PostgresModels) -> None:
    with pytest.raises(UnprocessableError, match="small already"):
        models.add(SMALL)
    with pytest.raises(NotFoundError, match="no model none"):
        models.change(a_model("none"))
    with pytest.raises(NotFoundError, match="no model none"):
        models.remove("none")


def test_a_route_is_set_as_a_whole_and_comes_back_in_its_order(models: PostgresModels) -> None:
    models.set_route(Route(steps=("small", "large")))
    route = Route(
        steps=("large", "other", "small"),
        candidate="other",
        candidate_share=0.25,
        shadow="small",
        shadow_share=0.01,
    )
    models.set_route(route)
    models.set_route(Route(kb=KB, steps=("small",)))
    assert models.catalogue().routes == {EVERY_KB: route, KB: Route(kb=KB, steps=("small",))}
    models.remove_route(KB)
    assert models.catalogue().routes == {EVERY_KB: route}
    with pytest.raises(NotFoundError, match="no route"):
        models.remove_route(KB)


def test_a_route_leads_to_registered_models_only_and_these_stay(models: PostgresModels) -> None:
    with pytest.raises(UnprocessableError, match="not registered"):
        models.set_route(Route(steps=("small", "none")))
    assert models.catalogue().routes == {}
    models.set_route(Route(steps=("small",), shadow="other", shadow_share=1))
    for name in ("small", "other"):
        with pytest.raises(UnprocessableError, match="route leads to"):
            models.remove(name)
    models.remove("large")
    assert set(models.catalogue().models) == {"small", "other"}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"name": "Small One"}, "no name for a model"),
        ({"base_url": "file:///etc/passwd"}, "http or https"),
        ({"key_ref": "sk-proj-abcdef0123456789"}, "never the key itself"),
        ({"key_ref": "FOOTNOTE_DATABASE_URL"}, "ends in API_KEY"),
        ({"key_ref": "OPENAI_API_KEY\n"}, "ends in API_KEY"),
    ],
)
def test_what_cannot_be_a_model_is_refused_with_the_reason(
    models: PostgresModels, changes: dict[str, Any], what: str
) -> None:
    with pytest.raises(UnprocessableError, match=what):
        models.add(replace(a_model("new"), **changes))


def test_the_database_itself_holds_no_key(database: Database, models: PostgresModels) -> None:
    assert models.catalogue().models
    with pytest.raises(psycopg.errors.CheckViolation), database.transaction() as connection:
        connection.execute("update model set key_ref = 'sk-proj-abcdef0123456789'")


@dataclass
class CommandLine:
    """`footnote models`, each time as a process of its own."""

    def run(self, *arguments: str, status: int = 0) -> str:
        forget_what_was_built()
        result = CliRunner().invoke(app, ["models", *arguments])
        assert result.exit_code == status, result.output
        return result.output

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))


@pytest.fixture
def footnote(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandLine]:
    monkeypatch.setenv("FOOTNOTE_QUEUE_URL", "a deployment")
    monkeypatch.setenv("FOOTNOTE_DATABASE_URL", database_url)
    yield CommandLine()
    forget_what_was_built()


def test_models_are_added_changed_routed_and_removed_on_the_command_line(
    footnote: CommandLine,
) -> None:
    endpoint = ("--endpoint", "https://models.example/v1")
    prices = ("--input-price", "0.40", "--output-price", "1.6", "--sunset", "2027-01-06")
    footnote.run("add", "small", *endpoint, "--kind", "fine-tuned", *prices)
    footnote.run("add", "large", *endpoint, "--remote-name", "Large:1", "--key-ref", "X_API_KEY")
    footnote.run("change", "small", "--checkpoint", "ckpt-4", "--max-output", "300")
    shares = ("--candidate", "large=0.1", "--shadow", "large=0.05")
    shown = footnote.json("route", "small", "large", "-k", "help", *shares)
    small = next(model for model in shown["models"] if model["name"] == "small")
    assert (small["input_price"], small["sunset"]) == (0.4, "2027-01-06")
    assert (small["checkpoint"], small["max_output_tokens"]) == ("ckpt-4", 300)
    (route,) = shown["routes"]
    assert (route["kb"], route["steps"], route["shadow_share"]) == (
        "help",
        ["small", "large"],
        0.05,
    )
    table = footnote.run("list")
    assert {"small", "→", "large", "help", "$0.4", "$1.6"} <= set(table.split())
    assert "FOOTNOTE_GENERATION_*" in table  # other knowledge bases have no route
    footnote.run("route", "--remove", "-k", "help")
    assert [model["name"] for model in footnote.json("remove", "small")["models"]] == ["large"]


@pytest.mark.parametrize(
    ("arguments", "status", "what"),
    [
        (("add", "x", "--endpoint", "ftp://x"), 1, "http or https"),
        (("add", "x", "--endpoint", "http://x", "--input-price", "-1"), 2, "zero or more"),
        (("add", "x", "--endpoint", "http://x", "--input-price", "nan"), 2, "zero or more"),
        (("add", "x", "--endpoint", "http://x", "--sunset", "soon"), 2, "no date"),
        (("change", "none", "--checkpoint", "c"), 1, "there is no model none"),
        (("route",), 2, "--remove"),
        (("route", "none"), 1, "not registered"),
        (("route", "a", "a"), 1, "only once"),
        (("route", "a", "--shadow", "b"), 2, "NAME=SHARE"),
        (("route", "a", "--shadow", "b=2"), 1, "between 0 and 1"),
    ],
)
def test_a_mistake_ends_the_command_with_what_to_do(
    footnote: CommandLine, arguments: tuple[str, ...], status: int, what: str
) -> None:
    assert what in " ".join(footnote.run(*arguments, status=status).split())


def test_usage_is_shown_by_model_and_day(footnote: CommandLine, database: Database) -> None:
    used = Usage(input_tokens=1500, output_tokens=100)
    truncated = ModelCall(
        model=SMALL, outcome=Outcome.TRUNCATED, latency_ms=1200, usage=used, escalated=True
    )
    unpriced = ModelCall(model=LARGE, outcome=Outcome.OK, latency_ms=900, usage=used)
    PostgresLedger(database).record(entry(truncated, unpriced))
    large, small = footnote.json("usage")
    assert small == {
        "day": datetime.now(UTC).date().isoformat(),
        "model": "small",
        "checkpoint": "ckpt-3",
        "shadow": False,
        "calls": 1,
        "input_tokens": 1500,
        "output_tokens": 100,
        "cost_usd": 0.00076,
        "unpriced": 0,
        "escalated": 1,
        "not_ok": 1,
        "latency_p50_ms": 1200.0,
        "outcomes": {"truncated": 1},
    }
    assert (large["cost_usd"], large["unpriced"]) == (None, 1)
    told = set(footnote.run("usage", "--days", "2").split())
    assert told >= {"large", "small", "ckpt-3", "1,500", "0.0008", "1.2", "price"}


def test_the_tables_fit_into_eighty_columns(
    footnote: CommandLine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("footnote.cli.catalogue.console", Console(width=80))
    endpoint = ("--endpoint", "https://models.example/v1", "--remote-name", "org/small-8b:v2")
    prices = ("--input-price", "0.40", "--output-price", "1.6", "--sunset", "2027-01-06")
    listed = footnote.run("add", "small", *endpoint, *prices, "--context", "128000")
    assert "org/small-8b:v2  https://models.example/v1" in listed
    assert "128,000  2027-01-06" in listed
    used = Usage(input_tokens=15_000_000, output_tokens=250_000)
    call = ModelCall(model=SMALL, outcome=Outcome.TRUNCATED, latency_ms=1200, usage=used)
    PostgresLedger(database).record(entry(call))
    shown = footnote.run("usage")
    row = next(line for line in shown.splitlines() if "15.0 M" in line)
    assert row.split()[1:] == ["small", "ckpt-3", "1", "15.0", "M", "250,000", *row.split()[7:]]
    assert row.rstrip().endswith("1.2 s  0")
    assert "small ckpt-3: 1 truncated" in shown
