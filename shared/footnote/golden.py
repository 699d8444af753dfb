"""Golden questions: asked again where their passages changed, and compared with what was right."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from footnote.ask import Reply, ask
from footnote.ask_ports import AskPorts
from footnote.domain.access import OWNER, Caller
from footnote.domain.deadline import Deadline
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import FootnoteError, ModelUnavailableError, NotFoundError
from footnote.domain.golden import Golden, GoldenAnswer, GoldenCitation
from footnote.domain.ledger import Outcome
from footnote.domain.passage import WORDS_ONLY, Retrieval
from footnote.domain.question import Question, QuestionId
from footnote.observability import logger
from footnote.retrieve import retrieve

# For each question; with less it might end in extracts, which nobody asked for.
_PATIENCE_S = 25.0


class GoldenQuestions(Protocol):
    """Where golden questions are kept."""

    def add(self, golden: Mapping[str, object]) -> str | None:
        """Keep one and return its id; None where there are too many."""
        ...

    def every(self, kb: KnowledgeBaseId) -> list[Golden]:
        """Those of a knowledge base, the oldest first."""
        ...

    def get(self, kb: KnowledgeBaseId, golden_id: str) -> Golden | None:
        """One of them."""
        ...

    def keep(self, golden: Golden, answer: GoldenAnswer) -> None:
        """Keep what was answered; the first answer is the baseline."""
        ...

    def accept(self, kb: KnowledgeBaseId, golden_id: str) -> None:
        """Take the last answer for the baseline."""
        ...

    def remove(self, kb: KnowledgeBaseId, golden_id: str) -> None:
        """Forget one with its answers."""
        ...

    def due(self, kb: KnowledgeBaseId, begun_at: datetime) -> str | None:
        """One whose passages were not compared since; None where all were."""
        ...

    def checked(self, kb: KnowledgeBaseId, golden_id: str, begun_at: datetime) -> None:
        """Its passages were compared."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenPorts:
    """What golden questions need from outside; `ask` records them as nobody's questions."""

    questions: GoldenQuestions
    ask: AskPorts


def run_golden(
    golden: Golden, caller: Caller, ports: GoldenPorts, deadline: Deadline, *, force: bool = False
) -> bool:
    """Ask a golden question once, where other passages are found for it than the last time.

    Returns:
        Whether it was asked.

    Raises:
        RateLimitedError: the caller, or the deployment, has not so much left to spend.
        TransientError: a model or the database is down; what was answered before stays.
    """
    question = _question(golden, caller)
    found = retrieve(question, ports.ask.retrieve, deadline)
    _check(found)
    if golden.latest and golden.latest.passages == _passages(found) and not force:
        return False
    reply = ask(question, ports.ask, deadline)
    _check(reply.retrieval)
    if reply.fallback == Outcome.UNAVAILABLE:
        message = "no model answers now, and an extract is not what to compare with; try again"
        raise ModelUnavailableError(message)
    ports.questions.keep(golden, _answer(reply))
    return True


def run_due(
    kb: KnowledgeBaseId, begun_at: datetime, ports: GoldenPorts, deadline: Deadline
) -> bool:
    """Run what was not compared since documents changed; False where the time was too short.

    Where one cannot be asked, for money or for a model that is down, the next change tries again.
    """
    while golden_id := ports.questions.due(kb, begun_at):
        if not deadline.left():
            return False
        golden = ports.questions.get(kb, golden_id)
        if golden and golden.baseline:
            try:
                run_golden(golden, OWNER, ports, Deadline.within(_PATIENCE_S))
            except FootnoteError as error:
                logger.warning(
                    "a golden question was not asked", golden=golden_id, error=str(error)
                )
        ports.questions.checked(kb, golden_id, begun_at)
    return True


def known_golden(ports: GoldenPorts, kb: KnowledgeBaseId, golden_id: str) -> Golden:
    """One golden question; raises NotFoundError where there is none."""
    golden = ports.questions.get(kb, golden_id)
    if golden is None:
        message = f"there is no golden question {golden_id} in {kb}"
        raise NotFoundError(message)
    return golden


def _question(golden: Golden, caller: Caller) -> Question:
    return Question(
        question_id=QuestionId(str(uuid.uuid4())),
        conversation_id=str(uuid.uuid4()),
        kb=golden.kb,
        text=golden.question,
        top_k=golden.top_k,
        filter=golden.filter,
        caller=caller,
    )


def _check(found: Retrieval) -> None:
    if found.degraded == WORDS_ONLY:
        message = "the embedding model is down, and passages cannot be compared; try again"
        raise ModelUnavailableError(message)


def _passages(found: Retrieval) -> tuple[str, ...]:
    return tuple(passage.content_hash.hex() for passage in found.passages)


def _answer(reply: Reply) -> GoldenAnswer:
    return GoldenAnswer(
        status=reply.answer.status,
        text=reply.answer.text,
        citations=tuple(
            GoldenCitation(document_id=one.document_id, key=one.key, quote=one.quote)
            for one in reply.answer.citations
        ),
        passages=_passages(reply.retrieval),
        model=reply.model,
    )
