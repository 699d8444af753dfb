"""How much a deployment holds, and how much of it changed: what a bill is made from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Documents that are answerable, their chunks, all bytes of the database, and what was read."""

    documents: int
    chunks: int
    bytes: int
    changed: int


class PostgresTraffic:
    """Counts documents of every knowledge base."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("traffic.sql")

    def held(self, since: datetime) -> Held:
        """What is there now, and how often a document became ready since then."""
        with self._database.transaction() as connection:
            now: dict[str, Any] = connection.execute(self._sql["held"]).fetchall()[0]
            meanwhile = connection.execute(self._sql["changed"], {"since": since}).fetchall()[0]
        changed: Any = meanwhile["changed"]
        return Held(changed=changed, **now)
