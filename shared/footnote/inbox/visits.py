"""Messages that ask for the unanswered questions of a knowledge base to be looked at again."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from footnote.domain.document import KnowledgeBaseId, is_knowledge_base
from footnote.inbox.work import WorkMessage

# Documents that come one after the other are looked at together.
SETTLED_S = 3


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    footnote: Literal["visit"]
    knowledge_base: str = Field(max_length=63)


def visit_message(kb: KnowledgeBaseId, *, delay_s: int = 0) -> WorkMessage:
    """The message for a knowledge base."""
    body = _Message(footnote="visit", knowledge_base=kb).model_dump_json()
    return WorkMessage(body=body, group=kb, delay_s=delay_s)


def visit_in(body: str) -> KnowledgeBaseId | None:
    """The knowledge base that a message is about; None where it is a notification of S3's."""
    try:
        message = _Message.model_validate_json(body)
    except ValidationError:
        return None
    kb = message.knowledge_base
    return KnowledgeBaseId(kb) if is_knowledge_base(kb) else None
