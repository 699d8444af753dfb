"""Classifiers in Postgres: checkpoints, and which of them serves."""

import json
from array import array
from collections.abc import Sequence
from typing import Any, cast

from footnote.domain.classifier import (
    Checkpoint,
    KeptCheckpoint,
    TrainedCheckpoint,
    check_name,
    packed,
)
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries


class PostgresClassifiers:
    """Keeps checkpoints, and knows which one serves."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("classifiers.sql")
        self._known: dict[tuple[KnowledgeBaseId, str], tuple[int, Checkpoint]] = {}

    def active(self, kb: KnowledgeBaseId, name: str) -> tuple[int, Checkpoint]:
        """The checkpoint that serves, with its number.

        Raises:
            NotFoundError: there is none.
        """
        rows = self._database.rows_within(
            kb, self._sql["active_number"], {"kb": kb, "classifier": name}
        )
        known = self._known.get((kb, name))
        if known and rows and rows[0]["checkpoint_id"] == known[0]:
            return known
        rows = self._database.rows_within(kb, self._sql["active"], {"kb": kb, "classifier": name})
        if not rows:
            message = f"{kb} has no classifier {name}; `footnote classify train` makes one"
            raise NotFoundError(message)
        found = cast("int", rows[0].pop("checkpoint_id")), _checkpoint(rows[0])
        self._known[kb, name] = found
        return found

    def known_texts(self, kb: KnowledgeBaseId, name: str, texts: Sequence[bytes]) -> set[bytes]:
        """Which of these hashes are of texts that the serving checkpoint learned from."""
        rows = self._database.rows_within(
            kb, self._sql["known_texts"], {"kb": kb, "classifier": name, "texts": list(texts)}
        )
        return {bytes(row["text_hash"]) for row in rows}

    def promote(self, kb: KnowledgeBaseId, name: str, trained: TrainedCheckpoint) -> int:
        """Keep a checkpoint and have it serve from now on; tells its number.

        Raises:
            UnprocessableError: the name is none.
        """
        check_name(name)
        checkpoint = trained.checkpoint
        parameters: dict[str, object] = {
            "kb": kb,
            "classifier": name,
            "model": checkpoint.model,
            "labels": list(checkpoint.labels),
            "weights": packed(checkpoint.rows),
            "temperature": checkpoint.temperature,
            "threshold": checkpoint.threshold,
            "learned": sorted(trained.learned),
            "figures": json.dumps(dict(trained.figures)),
        }
        with self._database.transaction() as connection:
            (row,) = connection.execute(self._sql["add"], parameters).fetchall()
            number = cast("int", row["checkpoint_id"])
            connection.execute(self._sql["activate"], parameters | {"checkpoint_id": number})
        return number

    def roll_back(self, kb: KnowledgeBaseId, name: str) -> int:
        """Have the checkpoint serve that the present one took the place of.

        Raises:
            NotFoundError: there is none.
        """
        with self._database.transaction() as connection:
            named = {"kb": kb, "classifier": name}
            rows = connection.execute(self._sql["roll_back"], named).fetchall()
        if not rows:
            message = f"no checkpoint of {name} in {kb} served before this one"
            raise NotFoundError(message)
        return cast("int", rows[0]["checkpoint_id"])

    def remove(self, kb: KnowledgeBaseId, name: str) -> None:
        """Have none serve; checkpoints stay to be listed.

        Raises:
            NotFoundError: none serves.
        """
        with self._database.transaction() as connection:
            removed = connection.execute(self._sql["remove"], {"kb": kb, "classifier": name})
        if not removed.rowcount:
            message = f"{kb} has no classifier {name}"
            raise NotFoundError(message)

    def all_of(self, kb: KnowledgeBaseId) -> list[KeptCheckpoint]:
        """Every checkpoint of a knowledge base's classifiers, the oldest of each first."""
        return [
            KeptCheckpoint(
                number=row.pop("checkpoint_id"), **row | {"labels": tuple(row["labels"])}
            )
            for row in self._database.rows_within(kb, self._sql["list"], {"kb": kb})
        ]


def _checkpoint(row: dict[str, Any]) -> Checkpoint:
    labels, numbers = tuple(row["labels"]), array("f", bytes(row["weights"]))
    width = len(numbers) // len(labels)
    rows = tuple(numbers[at * width : (at + 1) * width] for at in range(len(labels)))
    return Checkpoint(
        model=row["model"],
        labels=labels,
        rows=rows,
        temperature=row["temperature"],
        threshold=row["threshold"],
    )
