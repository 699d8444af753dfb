"""Question out: retrieve, decide whether the documents tell, have it written, verify, record."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from footnote.answering.citations import DECLINED
from footnote.ask_ports import AskPorts
from footnote.cascade import NO_MODEL, Written
from footnote.domain.answer import Answer, Usage
from footnote.domain.deadline import Deadline
from footnote.domain.errors import NoModelError
from footnote.domain.ledger import LedgerEntry, ModelCall
from footnote.domain.model import Plan
from footnote.domain.passage import Retrieval
from footnote.domain.question import Question
from footnote.domain.telling import Telling, Transcript
from footnote.follow_up import in_conversation
from footnote.label_routing import routed
from footnote.metering import paid_by
from footnote.recording import Underway, record, record_unheard, spent
from footnote.retrieval.in_corpus import answerable, in_corpus_probability
from footnote.retrieve import retrieve
from footnote.writing import Asked, answer_from

_NO_MODEL = (
    "output_schema needs a language model, and none is connected: whoever runs this can set "
    "FOOTNOTE_GENERATION_BASE_URL, or add one with `footnote models`"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, and how it came about; `timings_ms` by step, money and tokens over all attempts.

    `cost_usd` is None where a model was called whose prices are not known, and holds what finding
    passages cost where that is known. `cached`: the answer was
    written for an earlier question, and still holds. `label`: what decided who answers, if one did.
    """

    question: Question
    answer: Answer
    model: str
    checkpoint: str | None
    fallback: str | None
    cached: bool
    usage: Usage
    cost_usd: Decimal | None
    in_corpus: float
    retrieval: Retrieval
    timings_ms: dict[str, float]
    label: str | None = None


# What is to be told on the way to a reply, in this order: the question as it is searched for;
# passages; text and calls to models; the reply.
type Event = Question | Retrieval | Telling | ModelCall | Reply


def ask(question: Question, ports: AskPorts, deadline: Deadline) -> Reply:
    """Answer a question from a knowledge base, or decline.

    Raises:
        TransientError: the database is down; or, of a question with an output schema, the models.
        UnprocessableError: there is no model for an output schema, or none wrote what it asks for.
    """
    for event in answering(question, ports, deadline):
        if isinstance(event, Reply):
            return event
    raise AssertionError("the last event is the reply")


def answering(
    question: Question, ports: AskPorts, deadline: Deadline, transcript: Transcript | None = None
) -> Iterator[Event]:
    """The same step by step; with a transcript also the text, for whoever shows it as it comes.

    In the end the transcript holds exactly the text of the reply. Whoever closes this before ends
    the calls to models, and the ledger has what they cost until then.
    """
    underway = Underway()
    try:
        yield from _steps(question, ports, deadline, transcript, underway)
    except GeneratorExit:
        record_unheard(underway, ports.ledger, deadline)
        raise


def _steps(
    question: Question,
    ports: AskPorts,
    deadline: Deadline,
    transcript: Transcript | None,
    underway: Underway,
) -> Iterator[Event]:
    if question.output_schema is not None and not _plan(question, ports).steps:
        raise NoModelError(_NO_MODEL)
    question = in_conversation(question, ports.conversations, deadline)
    yield question
    found = retrieve(question, ports.retrieve, deadline, beside=True)
    underway.found = question, found
    retrieved = time.perf_counter()
    yield found
    written = Written(answer=DECLINED, model=NO_MODEL)
    routes = routed(question, found, ports.models.catalogue(), ports.classify)
    found = replace(found, cost_usd=found.cost_usd + routes.cost_usd)
    underway.found = question, found
    if routes.plan is not None and answerable(found):
        cascade = paid_by(question.caller, ports.purse, ports.cascade)
        asked = Asked(
            question=question,
            plan=routes.plan,
            found=found,
            transcript=transcript,
            calls=underway.calls,
        )
        written = yield from answer_from(asked, cascade, ports.answers, deadline)
    elif transcript is not None:
        yield from transcript.settle(written.answer.text)
    done, began = time.perf_counter(), underway.began
    timings = {"retrieval": retrieved - began, "answer": done - retrieved, "total": done - began}
    reply = replace(_reply(question, found, written, timings), label=routes.label)
    underway.found = None  # what became of it is known
    entry = replace(_entry(reply, underway.asked_at, written), gathers=routes.plan is not None)
    record(entry, ports.ledger, deadline)
    if written.failure:
        raise written.failure
    yield reply


def _plan(question: Question, ports: AskPorts) -> Plan:
    return ports.models.catalogue().plan(question)


def _reply(
    question: Question,
    found: Retrieval,
    written: Written,
    timings: dict[str, float],
) -> Reply:
    usage, cost_usd = spent(written.calls)
    return Reply(
        question=question,
        answer=written.answer,
        model=written.model,
        checkpoint=written.checkpoint,
        fallback=written.fallback,
        cached=written.cached,
        usage=usage,
        cost_usd=None if cost_usd is None else cost_usd + found.cost_usd,
        in_corpus=in_corpus_probability(found),
        retrieval=found,
        timings_ms={step: round(seconds * 1e3, 1) for step, seconds in timings.items()},
    )


def _entry(reply: Reply, asked_at: datetime, written: Written) -> LedgerEntry:
    return LedgerEntry(
        question=reply.question,
        asked_at=asked_at,
        status="failed" if written.failure else reply.answer.status,
        model=reply.model,
        checkpoint=reply.checkpoint,
        fallback=reply.fallback,
        cached=reply.cached,
        degraded=reply.retrieval.degraded,
        in_corpus=reply.in_corpus,
        usage=reply.usage,
        cost_usd=reply.cost_usd,
        finding_usd=reply.retrieval.cost_usd,
        timings_ms=reply.timings_ms,
        calls=written.calls,
        embedding_model=reply.retrieval.embedding_model,
        embedding=reply.retrieval.embedding,
    )
