"""What people say of answers, in Postgres."""

from collections.abc import Sequence
from dataclasses import asdict

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.feedback import Feedback, Rating
from footnote.domain.unanswered import ALIKE, UnansweredReason
from footnote.postgres.connection import Database, Step
from footnote.postgres.queries import load_queries
from footnote.postgres.unanswered import gathering


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
        given = [self._give(kb, feedback) for kb in self._asked(feedback, within)]
        return any(given)

    def _give(self, kb: KnowledgeBaseId, feedback: Feedback) -> bool:
        parameters = {"kb": kb, **asdict(feedback)}
        give = Step(statement=self._sql["give"], parameters=parameters)
        leave = Step(statement=self._unanswered["leave_cluster"], parameters=parameters)
        down = feedback.rating is Rating.DOWN
        places = gathering(parameters | self._gathered) if down else [leave]
        given, *_ = self._database.run_within(kb, give, *places)
        return bool(given)

    def _asked(
        self, feedback: Feedback, within: Sequence[KnowledgeBaseId]
    ) -> list[KnowledgeBaseId]:
        """Where the question was asked: who gives feedback names the question alone."""
        parameters = {"question_id": feedback.question_id, "knowledge_bases": list(within)}
        with self._database.transaction() as connection:
            rows = connection.execute(self._sql["asked"], parameters)
            return [KnowledgeBaseId(str(row["kb"])) for row in rows]
