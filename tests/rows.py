"""Rows of the `document` table as earlier work left them."""

from datetime import UTC, datetime

from footnote.domain.document import document_id_of, knowledge_base_of
from footnote.postgres.connection import Database

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def add_document(
    database: Database,
    key: str,
    status: str = "ready",
    *,
    version_id: str | None = None,
    at: datetime = LONG_AGO,
) -> None:
    """A document that was last worked on at `at`."""
    row: dict[str, object] = {"kb": knowledge_base_of(key), "document_id": document_id_of(key)}
    row |= {"key": key, "status": status, "version": version_id, "at": at}
    with database.transaction() as connection:
        connection.execute(
            "insert into knowledge_base (kb) values (%(kb)s) on conflict do nothing", row
        )
        connection.execute(
            "insert into document (kb, document_id, key, sequencer, version_id, event_time, status,"
            " indexed_version_id, indexed_at, updated_at) values (%(kb)s, %(document_id)s, %(key)s,"
            " '0A', %(version)s, %(at)s, %(status)s, %(version)s, %(at)s, %(at)s)",
            row,
        )
