"""What was fitted to indexes on question sets, in Postgres; the search itself reads it."""

from collections.abc import Sequence
from typing import Any, cast

from footnote.domain.errors import NotFoundError
from footnote.domain.fusion import Fitted, Weights
from footnote.domain.search_index import SearchIndex
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries


class PostgresFitted:
    """Reads and writes the fitted columns of `search_index`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("fitted.sql")

    def read(self, index: SearchIndex) -> Fitted:
        """What is in force for an index; nothing where it was dropped."""
        with self._database.transaction() as connection:
            rows = connection.execute(self._sql["read"], _named(index))
            row: dict[str, Any] = rows.fetchone() or {}
        weights, calibration = row.get("fusion_weights"), row.get("calibration")
        return Fitted(
            weights=cast("Weights", tuple(weights)) if weights else None,
            calibration=tuple(calibration) if calibration else None,
        )

    def write(self, index: SearchIndex, fitted: Fitted) -> None:
        """Put it in force, from the next question on.

        Raises:
            NotFoundError: the index was dropped meanwhile.
        """
        values = {
            "weights": list(fitted.weights) if fitted.weights else None,
            "calibration": list(fitted.calibration) if fitted.calibration else None,
        }
        with self._database.transaction() as connection:
            written = connection.execute(self._sql["write"], _named(index) | values).rowcount
        if not written:
            message = f"index {index.index_id} of {index.kb} was dropped meanwhile"
            raise NotFoundError(message)

    def held(self, index: SearchIndex, keys: Sequence[str]) -> set[str]:
        """Which of these documents the index holds."""
        with self._database.transaction() as connection:
            rows = connection.execute(self._sql["held"], _named(index) | {"keys": list(keys)})
            return {cast("str", row["key"]) for row in rows}


def _named(index: SearchIndex) -> dict[str, object]:
    return {"kb": index.kb, "index_id": index.index_id}
