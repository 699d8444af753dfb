"""Conversations in Postgres: the ledger's questions, read as what was said before."""

from datetime import timedelta

from footnote.domain.conversation import Turns
from footnote.domain.question import Question
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries


class PostgresConversations:
    """Reads at most so many turns, none of them older than `oldest`."""

    def __init__(self, database: Database, *, oldest: timedelta, turns: int) -> None:
        self._database = database
        self._limits = {"seconds": oldest.total_seconds(), "turns": turns}
        self._sql = load_queries("conversations.sql")

    def turns(self, question: Question) -> Turns:
        """See `Conversations.turns`."""
        parameters: dict[str, object] = {
            "kb": question.kb,
            "conversation_id": question.conversation_id,
            "key_id": question.key_id,
        }
        rows = self._database.rows_within(
            question.kb, self._sql["turns"], parameters | self._limits
        )
        return tuple(str(row["text"]) for row in reversed(rows))
