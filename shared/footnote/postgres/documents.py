"""Documents in Postgres: which events count, and what people are told of each document."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from footnote.domain.document import (
    DocumentId,
    DocumentStatus,
    KnowledgeBaseId,
    ObjectVersion,
    document_id_of,
    document_key_of,
    is_sidecar,
    knowledge_base_in,
    knowledge_base_of,
)
from footnote.domain.errors import DocumentHeldError
from footnote.domain.order import Claim, Known, Verdict, judge_sidecar, judge_version
from footnote.postgres.connection import Connection, Database, Step
from footnote.postgres.held import WAITS_S, waiting_briefly
from footnote.postgres.queries import load_queries
from footnote.postgres.storable import storable

if TYPE_CHECKING:
    from datetime import datetime


class PostgresDocuments:
    """Where each document stands, kept in Postgres."""

    def __init__(self, database: Database, *, waits_s: float = WAITS_S) -> None:
        """`waits_s` is for a document that somebody else is writing."""
        self._database = database
        self._waiting_briefly = partial(waiting_briefly, seconds=waits_s)
        self._sql = load_queries("documents.sql")

    def admit(self, versions: Sequence[ObjectVersion]) -> list[Verdict]:
        """Note events that wait for their work, so that people and readers know of them.

        Like a claim, this takes the right to publish from all work that was begun before it. What
        cannot be noted, because somebody writes it, counts as news: its claim will judge it.
        """
        try:
            return self._noted(versions)
        except DocumentHeldError:
            if len(versions) == 1:
                return [Verdict.ACCEPT]
            return [verdict for one in versions for verdict in self.admit([one])]

    def _noted(self, versions: Sequence[ObjectVersion]) -> list[Verdict]:
        verdicts: dict[int, Verdict] = {}
        # In one order, so that two batches can never wait for each other in a circle.
        places = sorted(range(len(versions)), key=lambda place: _order(versions[place]))
        with self._database.transaction() as connection, self._waiting_briefly(connection):
            for place in places:
                claim = self._accept(connection, versions[place], DocumentStatus.PENDING)
                verdicts[place] = claim.verdict
        return [verdicts[place] for place in range(len(versions))]

    def claim(self, version: ObjectVersion) -> Claim:
        """Accept an event as the latest of its key, unless it is old or known already.

        Nothing that readers see changes before `PostgresIndex.publish`.

        Raises:
            DocumentHeldError: somebody is writing it, and takes long.
        """
        with self._database.transaction() as connection, self._waiting_briefly(connection):
            return self._accept(connection, version, DocumentStatus.PROCESSING)

    def report_progress(self, key: str, claim: Claim, *, embedded: int, to_embed: int) -> None:
        """Tell how far the work on a document is."""
        parameters = {
            **identity_of(key),
            "claim": claim.number,
            "embedded": embedded,
            "to_embed": to_embed,
        }
        with self._database.transaction() as connection:
            connection.execute(self._sql["report_progress"], parameters)

    def report_trouble(self, key: str, claim: Claim, reason: str) -> None:
        """Tell why the work on a document is not done, unless it is no longer this claim's."""
        parameters = {**identity_of(key), "claim": claim.number, "reason": storable(reason)}
        with self._database.transaction() as connection:
            connection.execute(self._sql["report_trouble"], parameters)

    def _accept(
        self, connection: Connection, version: ObjectVersion, status: DocumentStatus
    ) -> Claim:
        key = document_key_of(version.key)
        if key is None:
            return Claim(verdict=Verdict.DUPLICATE)
        identity = identity_of(key)
        event = {
            **identity,
            "key": key,
            "sequencer": version.sequencer,
            "version_id": version.version_id,
            "event_time": version.event_time,
            "status": status,
            "bytes": version.size,
        }
        if is_sidecar(version.key):
            known = lock_document(connection, identity)
            verdict = judge_sidecar(version.sequencer, known)
            statement = self._sql["accept_sidecar_event"]
        else:
            connection.execute(self._sql["ensure_knowledge_base"], identity)
            known = lock_document(connection, identity)
            verdict = judge_version(version, known)
            statement = self._sql["accept_event"]
        if verdict is not Verdict.ACCEPT:
            return Claim(verdict=verdict, done=known if verdict is Verdict.DUPLICATE else None)
        (row,) = connection.execute(statement, event, prepare=True).fetchall()
        return Claim(verdict=verdict, number=cast("int", row["claim"]))

    def page(
        self,
        kb: KnowledgeBaseId,
        *,
        status: DocumentStatus | None,
        prefix: str,
        after: str,
        limit: int,
    ) -> list[dict[str, Any]]:
        """Documents in the order of their keys; deleted ones only where asked for by status."""
        escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        wanted = {
            "kb": kb,
            "status": status,
            "prefix": f"{escaped}%",
            "after": after,
            "limit": limit,
        }
        return self._database.rows_within(kb, self._sql["list_documents"], wanted)

    def counts(self, kb: KnowledgeBaseId) -> dict[DocumentStatus, int]:
        """How many documents there are of each status; deleted ones are not counted."""
        rows = self._database.rows_within(kb, self._sql["count_documents"], {"kb": kb})
        return {DocumentStatus(row["status"]): row["documents"] for row in rows}

    def get(self, document_id: DocumentId) -> dict[str, Any] | None:
        """One document with its history, newest first."""
        kb = knowledge_base_in(document_id)
        identity = {"kb": kb, "document_id": document_id}
        names = ("get_document", "get_history")
        steps = [Step(statement=self._sql[name], parameters=identity) for name in names]
        found, history = self._database.run_within(kb, *steps)
        return {**found[0], "history": history} if found else None

    def state(self, key: str) -> dict[str, Any] | None:
        """Where the document at a key stands now."""
        rows = self._database.rows_within(
            knowledge_base_of(key), self._sql["get_document"], identity_of(key)
        )
        return rows[0] if rows else None

    def chunks(self, document_id: DocumentId, *, after: int, limit: int) -> list[dict[str, Any]]:
        """A document's chunks in order, from the one behind ordinal `after`."""
        kb = knowledge_base_in(document_id)
        wanted = {"kb": kb, "document_id": document_id, "after": after, "limit": limit}
        return self._database.rows_within(kb, self._sql["list_chunks"], wanted)

    def attributes(
        self, kb: KnowledgeBaseId, document_ids: Sequence[DocumentId]
    ) -> dict[str, dict[str, Any]]:
        """What the sidecars of these documents say, by document."""
        wanted = {"kb": kb, "document_ids": list(document_ids)}
        rows = self._database.rows_within(kb, self._sql["get_attributes"], wanted)
        return {row["document_id"]: row["attributes"] for row in rows}


def _order(version: ObjectVersion) -> str:
    """That of the rows: a sidecar's event is noted in the row of its document."""
    return document_key_of(version.key) or version.key


def identity_of(key: str) -> dict[str, str]:
    """The primary key of the document at an object's key."""
    return {"kb": knowledge_base_of(key), "document_id": document_id_of(key)}


def lock_document(connection: Connection, identity: Mapping[str, str]) -> Known | None:
    """Read what is known of a document and keep others from changing it in this transaction."""
    query = load_queries("documents.sql")["lock_document"]
    row = connection.execute(query, identity, prepare=True).fetchone()
    if row is None:
        return None
    return Known(
        sequencer=cast("str", row["sequencer"]),
        status=DocumentStatus(cast("str", row["status"])),
        claim=cast("int", row["claim"]),
        sidecar_sequencer=cast("str", row["sidecar_sequencer"]),
        version_id=cast("str | None", row["indexed_version_id"]),
        reason=cast("str | None", row["reason"]),
        unseen=cast("bool", row["unseen"]),
        indexed_at=cast("datetime | None", row["indexed_at"]),
    )
