"""What people say of answers, in Postgres."""

from collections.abc import Sequence

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.feedback import Feedback, Rating
from footnote.domain.unanswered import ALIKE, UnansweredReason
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries
from footnote.postgres.unanswered import gather


class PostgresFeedback:
    """Keeps the last opinion of each answer.

    What a thumb points down at is gathered with questions that are `alike`.
    """

    def __init__(self, database: Database, *, alike: float = ALIKE) -> None:
        self._database = database
        self._gathered = {"alike": alike, "reason": UnansweredReason.DOWN_VOTED}
        self._sql = load_queries("feedback.sql")
        self._unanswered = load_queries("unanswered.sql")

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
            rows = connection.execute(self._sql["give"], parameters).fetchall()
            for row in rows:
                if feedback.rating is Rating.DOWN:
                    gather(connection, parameters | row | self._gathered)
                else:
                    connection.execute(self._unanswered["leave_cluster"], parameters | row)
            return bool(rows)
