"""A question as it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NewType

from footnote.domain.access import OWNER, Caller
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.filter import Filter

QuestionId = NewType("QuestionId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The user's text, and where the answer is looked for: in documents that pass `filter`.

    `caller` is who asks, and pays. With an `output_schema`, which was checked, the answer is a
    value that fits it.
    """

    question_id: QuestionId
    conversation_id: str
    kb: KnowledgeBaseId
    text: str
    top_k: int
    filter: Filter | None = None
    caller: Caller = OWNER
    output_schema: Mapping[str, Any] | None = None
