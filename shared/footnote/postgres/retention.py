"""What is forgotten of questions in Postgres: in pages by age, or a conversation at once."""

from typing import Any

from footnote.domain.access import Caller, KeyKind
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.retention import Forgotten, Kept
from footnote.postgres.connection import Database, Step
from footnote.postgres.queries import load_queries


class PostgresRetention:
    """Deletes questions and what came of them; sums without words stay."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("retention.sql")

    def forget_page(self, days: int, most: int) -> Forgotten:
        """Forget at most so many of what is older than these days, the oldest first."""
        parameters: dict[str, object] = {"days": days, "most": most}
        with self._database.transaction() as connection:
            rows = connection.execute(self._sql["old_questions"], parameters).fetchall()
            step = forgetting(_named(rows))
            (gone,) = connection.execute(step.statement, step.parameters)
            answers = connection.execute(self._sql["forget_old_answers"], parameters).rowcount
        return _forgotten(gone) + Forgotten(answers=answers)

    def forget_conversation(self, conversation_id: str, caller: Caller) -> Forgotten:
        """Forget a conversation, where it is one that the caller may see.

        A publishable key is known to all visitors of a page: it reaches what was asked with it, and
        an id that only whoever asked was told.
        """
        publishable = caller.key and caller.key.kind is KeyKind.PUBLISHABLE
        parameters: dict[str, object] = {
            "conversation_id": conversation_id,
            "knowledge_bases": list(caller.knowledge_bases),
            "key_id": caller.key.key_id if caller.key and publishable else None,
        }
        with self._database.transaction() as connection:
            rows: list[dict[str, Any]] = connection.execute(
                self._sql["questions_of_conversation"], parameters
            ).fetchall()
        return sum((self._forget(kb, rows) for kb in {row["kb"] for row in rows}), Forgotten())

    def kept(self, days: int) -> Kept:
        """What there is now, and how much of it is older than these days."""
        with self._database.transaction() as connection:
            row: dict[str, Any] | None = connection.execute(
                self._sql["what_is_kept"], {"days": days}
            ).fetchone()
        assert row is not None  # noqa: S101 - a count is always one row
        return Kept(**row)

    def _forget(self, kb: KnowledgeBaseId, rows: list[dict[str, Any]]) -> Forgotten:
        here = [row for row in rows if row["kb"] == kb]
        (gone,) = self._database.run_within(kb, forgetting(_named(here)))
        return _forgotten(gone[0])


def forgetting(named: list[tuple[str, str]]) -> Step:
    """Forgets these questions, each named by its knowledge base and its id."""
    parameters = {
        "kbs": [kb for kb, _ in named],
        "question_ids": [question_id for _, question_id in named],
    }
    return Step(statement=load_queries("retention.sql")["forget"], parameters=parameters)


def _named(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["kb"], row["question_id"]) for row in rows]


def _forgotten(row: dict[str, Any]) -> Forgotten:
    return Forgotten(**row)
