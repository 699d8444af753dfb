"""Data sets in Postgres, and what they are made from."""

from dataclasses import asdict
from typing import Any

from psycopg.errors import ForeignKeyViolation
from psycopg.types.json import Jsonb

from footnote.domain.dataset import (
    AskedBefore,
    Dataset,
    KeptDataset,
    Row,
    RowKind,
    RowSource,
    Split,
)
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, OvertakenError
from footnote.postgres.connection import Connection, Database
from footnote.postgres.labels import label_of
from footnote.postgres.queries import load_queries

_MOST_ASKED = 20_000
# With fewer questions, their share that was declined says little.
_FEWEST_ASKED = 50


class PostgresDatasets:
    """Keeps data sets, each version for itself."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("datasets.sql")

    def asked(self, kb: KnowledgeBaseId) -> list[AskedBefore]:
        """See `AskedStore`."""
        rows = self._rows("asked", {"kb": kb, "most": _MOST_ASKED})
        return [
            AskedBefore(
                question_id=str(row["question_id"]),
                text=row["text"],
                correction=row["correction"],
                answer=row["answer"],
                quotes={int(marker): quote for marker, quote in (row["quotes"] or {}).items()},
                label=label_of(row["label"]) if row["label"] else None,
            )
            for row in rows
        ]

    def answers_not_kept(self, kb: KnowledgeBaseId) -> int:
        """How many answers were found good that are not known any more."""
        return int(self._rows("answers_not_kept", {"kb": kb})[0]["questions"])

    def decline_rate(self, kb: KnowledgeBaseId) -> float | None:
        """See `AskedStore`."""
        (row,) = self._rows("decline_rate", {"kb": kb})
        return row["declined"] / row["questions"] if row["questions"] >= _FEWEST_ASKED else None

    def add(self, dataset: Dataset) -> int:
        """Keep it as the next version of its name; tells the version.

        Raises:
            OvertakenError: a question was forgotten while its row was made.
        """
        named = {"kb": dataset.kb, "name": dataset.name}
        head = named | {
            "prompt_version": dataset.prompt_version,
            "seed": dataset.seed,
            "decline_rate": dataset.decline_rate,
            "left_out": Jsonb(dict(dataset.left_out)),
        }
        try:
            with self._database.transaction() as connection:
                connection.execute(self._sql["lock_name"], named)
                row: Any = connection.execute(self._sql["add_dataset"], head).fetchone()
                self._add_rows(connection, dataset, row["dataset_id"])
        except ForeignKeyViolation as error:
            message = "a question was forgotten while its row was made; build it again"
            raise OvertakenError(message) from error
        return int(row["version"])

    def _add_rows(self, connection: Connection, dataset: Dataset, number: int) -> None:
        rows, sources = [], []
        for position, row in enumerate(dataset.rows, start=1):
            place = {"kb": dataset.kb, "dataset_id": number, "position": position}
            told = asdict(row)
            sources += [place | one for one in told.pop("sources")]
            rows.append(place | told)
        with connection.cursor() as cursor:
            cursor.executemany(self._sql["add_row"], rows)
            cursor.executemany(self._sql["add_source"], sources)

    def all_of(self, kb: KnowledgeBaseId, name: str | None = None) -> list[KeptDataset]:
        """Every version of every data set, or of the one of that name."""
        return [_kept(row) for row in self._rows("list", _named(kb, name, None))]

    def find(self, kb: KnowledgeBaseId, name: str, version: int | None = None) -> KeptDataset:
        """One version, the latest where none is named.

        Raises:
            NotFoundError: there is none.
        """
        rows = self._rows("list", _named(kb, name, version))
        if not rows:
            which = f"version {version} of {name}" if version else name
            message = f"{kb} has no data set {which}; `footnote dataset list` shows those there are"
            raise NotFoundError(message)
        return _kept(rows[-1])

    def rows(self, kb: KnowledgeBaseId, dataset_id: int, split: Split | None = None) -> list[Row]:
        """The rows of one version, in order."""
        found = self._rows("rows", {"kb": kb, "dataset_id": dataset_id, "split": split})
        return [_row(row) for row in found]

    def _rows(self, statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        with self._database.transaction() as connection:
            return connection.execute(self._sql[statement], parameters).fetchall()


def _named(kb: KnowledgeBaseId, name: str | None, version: int | None) -> dict[str, Any]:
    return {"kb": kb, "name": name, "version": version}


def _kept(row: dict[str, Any]) -> KeptDataset:
    return KeptDataset(**row | {"tokens": int(row["tokens"])})


def _row(row: dict[str, Any]) -> Row:
    row.pop("position")
    sources = tuple(
        RowSource(**one | {"chunk_hash": bytes.fromhex(one["chunk_hash"])})
        for one in row.pop("sources") or []
    )
    question_id = row["question_id"]
    changed = {
        "kind": RowKind(row["kind"]),
        "split": Split(row["split"]),
        "question_id": str(question_id) if question_id else None,
        "sources": sources,
    }
    return Row(**row | changed)
