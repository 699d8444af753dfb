"""A question on its way to retrieval: one that follows on others is told what it leans on."""

import uuid
from dataclasses import replace
from typing import Protocol

from footnote.answering.leaning import leant_on
from footnote.domain.conversation import Turns
from footnote.domain.deadline import Deadline
from footnote.domain.errors import FootnoteError
from footnote.domain.question import Question
from footnote.generation.budget import cache_s
from footnote.observability import logger
from footnote.wall_clock import within


class Conversations(Protocol):
    """Where conversations are kept."""

    def turns(self, question: Question) -> Turns:
        """What was asked last in the question's conversation, oldest first.

        Nothing where this knowledge base and this caller have no such conversation, or it is over.
        """
        ...


def in_conversation(
    question: Question, conversations: Conversations | None, deadline: Deadline
) -> Question:
    """The question with what it leans on.

    A conversation that is not known, is somebody else's or is over begins anew, under another id.
    While the database is slow, the question stays as it is.
    """
    if not question.continues or conversations is None:
        return question
    try:
        seconds = cache_s(deadline.left())
        turns = within(seconds, lambda: conversations.turns(question), name="conversation")
    except (FootnoteError, TimeoutError) as error:
        logger.warning("the conversation is not known", reason=str(error) or "too slow")
        return question
    if not turns:
        return replace(question, conversation_id=str(uuid.uuid4()))
    return replace(question, about=leant_on(question.text, turns))
