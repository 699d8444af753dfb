"""An answer on its way as server-sent events, and whole as the reply of `/v1/ask`."""

from collections.abc import Iterator

from pydantic import BaseModel

from footnote.ask import Event, Reply, answering
from footnote.ask_ports import AskPorts
from footnote.domain.deadline import Deadline
from footnote.domain.errors import FootnoteError
from footnote.domain.passage import Retrieval
from footnote.domain.question import Question
from footnote.domain.telling import Retraction, Token, Transcript
from footnote.http.contracts import AskReply
from footnote.http.event_contracts import (
    CitationsEvent,
    ErrorEvent,
    PassagesEvent,
    RetractEvent,
    TokenEvent,
)
from footnote.http.failures import log_refusal, told_error
from footnote.observability import logger
from footnote.retrieval.in_corpus import in_corpus_probability


def stream_events(
    question: Question, ports: AskPorts, deadline: Deadline, request_id: str
) -> Iterator[str]:
    """The events of one question; the last is `done` or `error`.

    Raises:
        TransientError: the database is down before there is anything to tell.
    """
    events = answering(question, ports, deadline, Transcript())
    asked, found = next(events), next(events)
    assert isinstance(asked, Question)  # noqa: S101 - these two come first
    assert isinstance(found, Retrieval)  # noqa: S101
    yield _event("passages", _passages(found, asked))
    try:
        for event in events:
            yield from _told(event)
    except FootnoteError as error:
        log_refusal("a stream broke off", error)
        yield _event("error", ErrorEvent(error=told_error(error, request_id)))
    except Exception as error:  # noqa: BLE001 - whoever listens is to hear of the end
        logger.error("unforeseen error", exc_info=error)
        yield _event("error", ErrorEvent(error=told_error(None, request_id)))


def ask_reply(reply: Reply) -> AskReply:
    """A reply in the contract's form."""
    return AskReply.model_validate(
        {
            "question_id": reply.question.question_id,
            "conversation_id": reply.question.conversation_id,
            "question": reply.question.standalone,
            "status": reply.answer.status,
            "answer": reply.answer.text,
            "output": reply.answer.output,
            "citations": reply.answer.citations,
            "in_corpus": reply.in_corpus,
            "removed": reply.answer.removed,
            "truncated": reply.answer.truncated,
            "model": reply.model,
            "label": reply.label,
            "checkpoint": reply.checkpoint,
            "fallback": reply.fallback,
            "cached": reply.cached,
            "degraded": reply.retrieval.degraded,
            "usage": reply.usage,
            "cost_usd": reply.cost_usd,
            "index_as_of": reply.retrieval.index_as_of,
            "timings_ms": reply.timings_ms,
        }
    )


def _told(event: Event) -> Iterator[str]:
    """What is sent of one event; calls to models are nobody's business."""
    match event:
        case Token():
            yield _event("token", TokenEvent.model_validate(event))
        case Retraction():
            yield _event("retract", RetractEvent.model_validate(event))
        case Reply():
            whole = ask_reply(event)
            yield _event("citations", CitationsEvent(citations=whole.citations))
            yield _event("done", whole)


def _passages(found: Retrieval, question: Question) -> PassagesEvent:
    return PassagesEvent.model_validate(
        {
            "question_id": question.question_id,
            "conversation_id": question.conversation_id,
            "question": question.standalone,
            "passages": found.passages,
            "in_corpus": in_corpus_probability(found),
            "index_as_of": found.index_as_of,
            "degraded": found.degraded,
        }
    )


def _event(name: str, content: BaseModel) -> str:
    # JSON has no line breaks of its own, so that one line holds it.
    return f"event: {name}\ndata: {content.model_dump_json()}\n\n"
