"""The ledger in Postgres, added up over a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.usage import Asked, Called, ModelUse, Part, Period, Usage
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries


class PostgresUsage:
    """Reads what questions came to, and the calls that they caused."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("usage.sql")

    def usage(self, period: Period, kbs: Sequence[KnowledgeBaseId]) -> Usage:
        """Everything that was asked of these knowledge bases (none named: of all) in the time."""
        parameters = {
            "since": period.since,
            "until": period.until,
            "step": period.step.value,
            "kbs": list(kbs),
        }
        with self._database.transaction() as connection, connection.pipeline():
            results = {
                name: connection.execute(self._sql[name], parameters)
                for name in ("parts", "asked", "calls")
            }
            rows: dict[str, list[Any]] = {
                name: list(result.fetchall()) for name, result in results.items()
            }
        asked = {row.pop("at"): Asked(**row) for row in rows["asked"]}
        called = {row["at"]: _called(row) for row in rows["calls"] if row["at"]}
        return Usage(
            asked=asked.pop(None, Asked()),
            called=_sum(called.values()),
            parts=tuple(_part(row["at"], asked, called) for row in rows["parts"]),
            models=tuple(_model(row) for row in rows["calls"] if row["model"]),
        )


def _part(at: datetime, asked: dict[Any, Asked], called: dict[Any, Called]) -> Part:
    return Part(at=at, asked=asked.get(at, Asked()), called=called.get(at, Called()))


def _sum(called: Iterable[Called]) -> Called:
    total = Called()
    for one in called:
        total = Called(
            calls=total.calls + one.calls,
            input_tokens=total.input_tokens + one.input_tokens,
            output_tokens=total.output_tokens + one.output_tokens,
            cost_usd=total.cost_usd + one.cost_usd,
            unpriced=total.unpriced + one.unpriced,
        )
    return total


def _called(row: dict[str, Any]) -> Called:
    return Called(
        calls=row["calls"],
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        cost_usd=row["cost_usd"],
        unpriced=row["unpriced"],
    )


def _model(row: dict[str, Any]) -> ModelUse:
    names = ("model", "checkpoint", "shadow", "not_ok", "escalated", "p50_ms", "p95_ms")
    return ModelUse(called=_called(row), **{name: row[name] for name in names})
