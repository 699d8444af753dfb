"""What reconciliation needs of Postgres: one run at a time, and every document in order of keys."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from footnote.domain.document import DocumentStatus, KnowledgeBaseId
from footnote.domain.drift import KnownDocument
from footnote.domain.errors import AlreadyRunningError
from footnote.postgres.connection import Connection, Database
from footnote.postgres.queries import load_queries

# Any constant serves that nothing else locks.
_ADVISORY_LOCK = 0x5265636F
_PAGE = 1000


class PostgresReconciliation:
    """The documents, held by one reconciliation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("reconcile.sql")

    @contextmanager
    def held(self) -> Iterator["KnownRows"]:
        """Keep others from reconciling; see `reconcile.Documents.held`.

        One transaction holds the lock and reads every page. It locks no row, and at "read
        committed" it keeps no snapshot between two pages, so nobody waits for it.
        """
        with self._database.transaction() as connection:
            row = connection.execute(self._sql["try_lock"], {"lock": _ADVISORY_LOCK}).fetchone()
            if not (row and row["held"]):
                message = "another reconciliation is under way; try again when it is done"
                raise AlreadyRunningError(message)
            yield KnownRows(connection)

    def longest_wait_s(self) -> float:
        """How long the oldest upload waits that readers do not have yet; 0 where none does."""
        with self._database.transaction() as connection:
            row: dict[str, Any] | None = connection.execute(self._sql["longest_wait"]).fetchone()
        return float(row["seconds"]) if row else 0.0


class KnownRows:
    """The documents, as one transaction reads them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sql = load_queries("reconcile.sql")

    def totals(self) -> Mapping[KnowledgeBaseId, int]:
        """How many documents each knowledge base shows."""
        rows: list[dict[str, Any]] = self._connection.execute(
            self._sql["count_documents"]
        ).fetchall()
        return {KnowledgeBaseId(row["kb"]): row["documents"] for row in rows}

    def in_key_order(self, prefix: str) -> Iterator[KnownDocument]:
        """Every document whose key starts with `prefix`, page by page, deleted ones included."""
        until = f"{prefix[:-1]}{chr(ord(prefix[-1]) + 1)}" if prefix else None
        after = prefix
        while True:
            rows = self._page(after, until)
            yield from (_known(row) for row in rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1]["key"]

    def _page(self, after: str, until: str | None) -> list[dict[str, Any]]:
        parameters = {"after": after, "until": until, "limit": _PAGE}
        return self._connection.execute(self._sql["known_documents"], parameters).fetchall()


def _known(row: Mapping[str, Any]) -> KnownDocument:
    return KnownDocument(
        key=row["key"],
        status=DocumentStatus(row["status"]),
        indexed_version_id=row["indexed_version_id"],
        indexed_at=row["indexed_at"],
        updated_at=row["updated_at"],
        has_sidecar=row["has_sidecar"],
        incomplete=row["incomplete"],
        unseen=row["unseen"],
    )
