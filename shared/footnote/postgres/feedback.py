"""What people say of answers, in Postgres."""

from collections.abc import Sequence

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.feedback import Feedback
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries


class PostgresFeedback:
    """Keeps the last opinion of each answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("feedback.sql")

    def give(self, feedback: Feedback, within: Sequence[KnowledgeBaseId]) -> bool:
        """Keep it; False where none of these knowledge bases (empty: any) was asked that."""
        parameters = {
            "question_id": feedback.question_id,
            "rating": feedback.rating,
            "comment": feedback.comment,
            "correction": feedback.correction,
            "knowledge_bases": list(within),
        }
        with self._database.transaction() as connection:
            return connection.execute(self._sql["give"], parameters).rowcount > 0
