"""The registry of checkpoints in Postgres, and their way into the routes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.domain.fine_tuning import Checkpoint, CheckpointState, Provider
from footnote.postgres.connection import Connection, Database
from footnote.postgres.queries import load_queries

_MOST_DOCUMENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedDocument:
    """A document that rows show text of which is there no more."""

    key: str
    deleted: bool
    rows: int


class PostgresCheckpoints:
    """Keeps what came of jobs, what the gate said, and puts it in force or takes it out again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("checkpoints.sql")

    def all_of(self, kb: KnowledgeBaseId) -> list[Checkpoint]:
        """Every checkpoint, the oldest first."""
        return [_checkpoint(row) for row in self._rows("list", {"kb": kb, "name": None})]

    def find(self, kb: KnowledgeBaseId, name: str) -> Checkpoint:
        """One checkpoint.

        Raises:
            NotFoundError: there is none of that name.
        """
        rows = self._rows("list", {"kb": kb, "name": name})
        if not rows:
            message = f"{kb} has no checkpoint {name}; `footnote checkpoint list` shows them"
            raise NotFoundError(message)
        return _checkpoint(rows[0])

    def affected_documents(self, checkpoint: Checkpoint) -> list[AffectedDocument]:
        """Documents that changed or went since it learned from them."""
        place = {"kb": checkpoint.kb, "dataset_id": checkpoint.dataset_id}
        rows = self._rows("affected_documents", place | {"most": _MOST_DOCUMENTS})
        return [AffectedDocument(**row) for row in rows]

    def judged(self, checkpoint: Checkpoint, verdict: Mapping[str, object]) -> None:
        """Keep what the gate said, in place of what it said before."""
        with self._database.transaction() as connection:
            values = _named(checkpoint) | {"verdict": Jsonb(dict(verdict))}
            connection.execute(self._sql["judged"], values)

    def try_out(self, checkpoint: Checkpoint, share: float) -> str:
        """Have it answer a share of the conversations; tells what answers the others.

        Raises:
            UnprocessableError: it was not judged against what answers now, or cannot be routed to.
        """
        with self._database.transaction() as connection:
            first = self._ready(connection, checkpoint)
            connection.execute(self._sql["end_canary"], _named(checkpoint))
            connection.execute(self._sql["begin_canary"], _named(checkpoint) | {"share": share})
        return first

    def promote(self, checkpoint: Checkpoint) -> str:
        """Have it answer instead of the route's first step; tells what that was.

        Raises:
            UnprocessableError: it was not judged against what answers now, or cannot be routed to.
        """
        with self._database.transaction() as connection:
            first = self._ready(connection, checkpoint)
            connection.execute(self._sql["end_canary"], _named(checkpoint))
            connection.execute(self._sql["replace_active"], _named(checkpoint))
            connection.execute(self._sql["promote"], _named(checkpoint) | {"replaced": first})
        return first

    def roll_back(self, kb: KnowledgeBaseId) -> tuple[str, str | None]:
        """Take back a canary, or else what was promoted last; tells it, and what answers instead.

        None where only a canary ended.

        Raises:
            NotFoundError: no checkpoint is in force.
            UnprocessableError: the route was changed so that this cannot be.
        """
        try:
            rows = self._rows("roll_back", {"kb": kb})
        except UniqueViolation as error:
            message = f"the route of {kb} names it in a later step; `footnote models route` sets it"
            raise UnprocessableError(message) from error
        if not rows:
            message = f"no checkpoint is in force in {kb}, so there is nothing to take back"
            raise NotFoundError(message)
        return rows[0]["name"], rows[0]["answers"]

    def _ready(self, connection: Connection, checkpoint: Checkpoint) -> str:
        """Make it a model that routes know; tells the first step, whose route is now locked."""
        named = _named(checkpoint)
        connection.execute(self._sql["add_model"], asdict(checkpoint.as_model()))
        known = connection.execute(self._sql["same_model"], asdict(checkpoint.as_model()))
        if known.fetchone() is None:
            message = f"there is another model {checkpoint.name}; remove it or give it a new name"
            raise UnprocessableError(message)
        connection.execute(self._sql["own_route"], named)
        route: Any = connection.execute(self._sql["lock_route"], named).fetchone()
        if route is None:
            raise UnprocessableError(no_route(checkpoint.kb))
        first = str(route["first_step"])
        if route["is_later_step"] or first == checkpoint.name:
            message = f"{checkpoint.name} is a step of the route of {checkpoint.kb} already"
            raise UnprocessableError(message)
        against = (checkpoint.verdict or {}).get("against")
        if against != first:
            message = f"{checkpoint.name} was judged against {against}, but {first} answers now"
            raise UnprocessableError(f"{message}: `footnote checkpoint evaluate` judges it anew")
        return first

    def _rows(self, statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        with self._database.transaction() as connection:
            return connection.execute(self._sql[statement], parameters).fetchall()


def no_route(kb: KnowledgeBaseId) -> str:
    """What to do where no model answers."""
    return (
        f"no model answers the questions of {kb}, so there is none to compare with:"
        " `footnote models add` and `footnote models route` name one"
    )


def _named(checkpoint: Checkpoint) -> dict[str, Any]:
    return {"kb": checkpoint.kb, "name": checkpoint.name}


def _checkpoint(row: dict[str, Any]) -> Checkpoint:
    changed = {
        "kb": KnowledgeBaseId(row["kb"]),
        "provider": Provider(row["provider"]),
        "state": CheckpointState(row["state"]),
    }
    return Checkpoint(**row | changed)
