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
    value that fits it. `continues`: the conversation is one that the caller named. `about`: what
    a question leans on that was said before it, where it does not stand alone.
    """

    question_id: QuestionId
    conversation_id: str
    kb: KnowledgeBaseId
    text: str
    top_k: int
    filter: Filter | None = None
    caller: Caller = OWNER
    output_schema: Mapping[str, Any] | None = None
    continues: bool = False
    about: str = ""

    @property
    def standalone(self) -> str:
        """The question as it can be understood without what was said before it."""
        return standalone(self.text, self.about)

    @property
    def wanted(self) -> str:
        """What is searched for: its own words count for more than what it leans on."""
        return f"{self.text} {self.text} {self.about}" if self.about else self.text

    @property
    def key_id(self) -> str | None:
        """The key that it was asked with, if any was."""
        return self.caller.key.key_id if self.caller.key else None


def standalone(text: str, about: str) -> str:
    """What was asked, with what it leans on in brackets."""
    return f"{text} ({about})" if about else text
