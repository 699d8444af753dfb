"""Answers that were written before: looked up before a model is asked, kept after it answered."""

import hashlib
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from footnote.domain.answer import Answer
from footnote.domain.deadline import Deadline
from footnote.domain.errors import FootnoteError
from footnote.domain.kept_answer import AnswerKey, KeptAnswer
from footnote.domain.model import Model, Plan
from footnote.domain.prompt import Prompt
from footnote.domain.question import Question
from footnote.generation.budget import cache_s
from footnote.observability import logger
from footnote.wall_clock import within

# Answers are kept as they were verified. Raise it where verification becomes stricter, so that none
# is told that would not pass any more.
_VERIFICATION = 2


class KeptAnswers(Protocol):
    """Where answers are kept."""

    def find(self, key: AnswerKey) -> KeptAnswer | None:
        """The answer under a key, unless it is too old."""
        ...

    def keep(self, key: AnswerKey, answer: KeptAnswer) -> None:
        """Keep an answer whose cited chunks are still there; the oldest ones make room."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCache:
    """The answers that are kept; without it every question is put to a model."""

    answers: KeptAnswers

    def find(
        self, key: AnswerKey, prompt: Prompt, deadline: Deadline
    ) -> tuple[KeptAnswer, Answer] | None:
        """What was answered before, if it still holds; None as well while the database is down."""
        from footnote.answering.keeping import told_again

        kept = _tried(lambda: self.answers.find(key), deadline)
        answer = told_again(kept, prompt.passages) if kept else None
        return (kept, answer) if kept and answer else None

    def keep(self, key: AnswerKey, kept: KeptAnswer, deadline: Deadline) -> None:
        """Keep it for the next time; where that fails, the answer still counts."""
        _tried(lambda: self.answers.keep(key, kept), deadline)


def key_of(question: Question, prompt: Prompt, plan: Plan, index_id: int) -> AnswerKey:
    """The key of a question: its words without regard to case and spaces, and all else exactly.

    The instructions are part of it, and with them a knowledge base's persona and form; so are the
    models that would be asked, and the index that the passages are from.
    """
    words = unicodedata.normalize("NFKC", prompt.question).casefold().split()
    asked = (
        _VERIFICATION,
        " ".join(words),
        repr(question.filter),
        question.top_k,
        prompt.system,
        [_identity(model) for model in plan.steps],
    )
    digest = hashlib.sha256(json.dumps(asked).encode()).digest()
    return AnswerKey(kb=question.kb, index_id=index_id, digest=digest)


def _identity(model: Model) -> tuple[object, ...]:
    size = (model.context_tokens, model.max_output_tokens)
    return (model.name, model.base_url, model.remote_name, model.checkpoint, *size)


def _tried[Result](call: Callable[[], Result], deadline: Deadline) -> Result | None:
    try:
        return within(cache_s(deadline.left()), call, name="answer-cache")
    except (FootnoteError, TimeoutError) as error:
        logger.warning("the answer cache is down", reason=str(error) or "too slow")
        return None
