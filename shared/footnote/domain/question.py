"""A question as it was asked."""

from dataclasses import dataclass
from typing import NewType

from footnote.domain.access import OWNER, Caller
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.filter import Filter

QuestionId = NewType("QuestionId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The user's text, and where the answer is looked for: in documents that pass `filter`.

    `caller` is who asks, and pays.
    """

    question_id: QuestionId
    conversation_id: str
    kb: KnowledgeBaseId
    text: str
    top_k: int
    filter: Filter | None = None
    caller: Caller = OWNER
