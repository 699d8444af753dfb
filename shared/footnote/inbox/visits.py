"""Messages that ask for the questions of a knowledge base to be looked at again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from footnote.domain.document import KnowledgeBaseId, is_knowledge_base
from footnote.inbox.work import WorkMessage

# Documents that come one after the other are looked at together.
SETTLED_S = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A look at a knowledge base; one that was `begun_at` some time goes on where it stopped."""

    kb: KnowledgeBaseId
    begun_at: datetime | None = None


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    footnote: Literal["visit"] = "visit"
    knowledge_base: str = Field(max_length=63)
    begun_at: AwareDatetime | None = None


def visit_message(visit: Visit, *, delay_s: int = 0) -> WorkMessage:
    """The message that asks for it."""
    message = _Message(knowledge_base=visit.kb, begun_at=visit.begun_at)
    return WorkMessage(body=message.model_dump_json(), group=visit.kb, delay_s=delay_s)


def visit_in(body: str) -> Visit | None:
    """What a message asks for; None where it is a notification of S3's."""
    if '"visit"' not in body:
        return None
    try:
        message = _Message.model_validate_json(body)
    except ValidationError:
        return None
    if not is_knowledge_base(message.knowledge_base):
        return None
    return Visit(kb=KnowledgeBaseId(message.knowledge_base), begun_at=message.begun_at)
