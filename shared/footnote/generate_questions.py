"""Getting better: questions that a model writes from chunks, each checked before it is let in.

Every reply is kept with what it took as it comes, so that an interruption costs nothing: the same
plan reads the replies that are there and asks for the others.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Protocol

from footnote.answering.token_count import prompt_tokens
from footnote.domain.answer import NO_TOKENS, Usage
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import ModelUnavailableError, UnprocessableError, UnusableReplyError
from footnote.domain.model import Model
from footnote.domain.prompt import Completion
from footnote.evaluation.generated import Asked, Draft, Kind, Reject, read_draft, rejected
from footnote.evaluation.question_set import Question
from footnote.evaluation.reply_file import KeptReply
from footnote.evaluation.sampling import Place, SampledDocument, places
from footnote.generation.port import Generator
from footnote.question_prompt import REPLY_TOKENS, question_prompt

MOST_CALLS_FOR_ONE = 3
LEAST_CHARS = 200
_DEADLINE_S = 60.0
_ATTEMPTS, _WAIT_S, _LONGEST_WAIT_S = 4, 2.0, 60.0
_LOOKED_AT = 20


class Chunks(Protocol):
    """The documents of a knowledge base, to make questions of."""

    def sampled(self, kb: KnowledgeBaseId) -> list[SampledDocument]:
        """Every document that is ready and has chunks."""
        ...

    def text(self, document_id: str, ordinal: int) -> tuple[tuple[str, ...], str] | None:
        """The heading path and the text of a chunk; None where it is gone."""
        ...

    def holds(self, kb: KnowledgeBaseId, words: str) -> bool:
        """Whether any chunk holds these words, as they stand and in any case."""
        ...


class Replies(Protocol):
    """Where replies outlive an interruption."""

    def known(self) -> dict[str, KeptReply]:
        """Those that are there already, by what was asked."""
        ...

    def add(self, reply: KeptReply) -> None:
        """Keep one more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationPlan:
    """How many questions of what; `budget` is US dollars of this run, and needs a model's prices.

    `told` hears how many are there after each reply.
    """

    kb: KnowledgeBaseId
    questions: int
    unanswerable: float
    seed: int
    model: Model
    budget: Decimal | None = None
    concurrency: int = 4
    told: Callable[[int], object] = int
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationPorts:
    """What generating needs from outside."""

    chunks: Chunks
    generator: Generator
    replies: Replies


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one call takes on average, and what all may cost: with no reject, and with the most."""

    calls: int
    tokens: int
    least_usd: Decimal | None
    most_usd: Decimal | None


@dataclass(slots=True)
class Generated:
    """The questions so far, why others were left out, and what this run took."""

    questions: list[Question] = field(default_factory=list)
    rejects: Counter[Reject] = field(default_factory=Counter)
    calls: int = 0
    usage: Usage = NO_TOKENS
    usd: Decimal = Decimal(0)
    over_budget: bool = False


def estimate(plan: GenerationPlan, ports: GenerationPorts) -> Estimate:
    """What the plan takes, by the first chunks that it would ask about; nothing is sent.

    Raises:
        UnprocessableError: there are no such chunks.
    """
    known = ports.replies.known()
    first = list(islice(_asks(plan, ports.chunks), _LOOKED_AT))
    if not first:
        message = f"{plan.kb} has no document with enough text to ask about"
        raise UnprocessableError(message)
    tokens = [prompt_tokens(question_prompt(one.asked, one.headings)) for one in first]
    mean = sum(tokens) // len(tokens)
    left = max(plan.questions - len(known), 0)
    once = plan.model.cost(Usage(input_tokens=mean, output_tokens=REPLY_TOKENS))
    return Estimate(
        calls=left,
        tokens=mean + REPLY_TOKENS,
        least_usd=None if once is None else once * left,
        most_usd=None if once is None else once * _most_calls(plan, known),
    )


def generate_questions(plan: GenerationPlan, ports: GenerationPorts) -> Generated:
    """The questions that are let in, at most as many as planned; replies are kept as they come.

    Raises:
        ModelUnavailableError: the endpoint does not come back.
        ModelRefusedError: the endpoint rejects the request.
    """
    made, known = Generated(), ports.replies.known()
    asks, most = _asks(plan, ports.chunks), _most_calls(plan, known)
    with ThreadPoolExecutor(plan.concurrency) as pool:
        while len(made.questions) < plan.questions:
            missing = min(plan.concurrency, plan.questions - len(made.questions))
            some = list(islice(asks, missing))
            fresh = [one for one in some if one.name not in known]
            made.over_budget = _too_dear(fresh, made, plan)
            if not some or made.over_budget or made.calls + len(fresh) > most:
                break
            for reply in pool.map(lambda one: _written(one, plan, ports), fresh):
                known[reply.asked] = reply
                _charge(made, reply, plan.model)
            for one in some:
                _take(made, one, known[one.name], plan, ports.chunks)
            plan.told(len(made.questions))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """A chunk, what is asked of it, and the name that its reply is kept by."""

    name: str
    place: Place
    headings: tuple[str, ...]
    asked: Asked


def _asks(plan: GenerationPlan, chunks: Chunks) -> Iterator[_Ask]:
    documents = chunks.sampled(plan.kb)
    for place in places(documents, unanswerable=plan.unanswerable, seed=plan.seed):
        found = chunks.text(place.document.document_id, place.ordinal)
        if found is None or len(found[1]) < LEAST_CHARS:
            continue
        headings, text = found
        name = place.document.name
        digest = hashlib.sha256(f"{name}\0{text}\0{place.kind}".encode(errors="replace"))
        yield _Ask(
            name=digest.hexdigest()[:16],
            place=place,
            headings=(place.document.title or "", *headings),
            asked=Asked(kind=place.kind, name=name, text=text),
        )


def _most_calls(plan: GenerationPlan, known: dict[str, KeptReply]) -> int:
    return max(MOST_CALLS_FOR_ONE * plan.questions - len(known), 0)


def _too_dear(some: Sequence[_Ask], made: Generated, plan: GenerationPlan) -> bool:
    """Whether the next calls could go over the budget."""
    if plan.budget is None:
        return False
    tokens = sum(prompt_tokens(question_prompt(one.asked, one.headings)) for one in some)
    most = plan.model.max_output_tokens * len(some)
    cost = plan.model.cost(Usage(input_tokens=tokens, output_tokens=most)) or Decimal(0)
    return made.usd + cost > plan.budget


def _written(one: _Ask, plan: GenerationPlan, ports: GenerationPorts) -> KeptReply:
    prompt = question_prompt(one.asked, one.headings)

    def write() -> Completion:
        return ports.generator.generate(prompt, deadline_s=_DEADLINE_S)

    try:
        completion = _patiently(write, plan.sleep)
    except UnusableReplyError as error:
        reply = KeptReply(asked=one.name, text=None, usage=error.usage or NO_TOKENS)
    else:
        text = None if completion.truncated else completion.text
        reply = KeptReply(asked=one.name, text=text, usage=completion.usage)
    # It is paid for: kept here, whatever becomes of those that are asked beside it.
    ports.replies.add(reply)
    return reply


def _patiently(write: Callable[[], Completion], sleep: Callable[[float], None]) -> Completion:
    for _ in range(_ATTEMPTS - 1):
        try:
            return write()
        except ModelUnavailableError as error:
            sleep(min(error.retry_after_s or _WAIT_S, _LONGEST_WAIT_S))
    return write()


def _charge(made: Generated, reply: KeptReply, model: Model) -> None:
    made.calls += 1
    made.usage = Usage(
        input_tokens=made.usage.input_tokens + reply.usage.input_tokens,
        output_tokens=made.usage.output_tokens + reply.usage.output_tokens,
    )
    made.usd += model.cost(reply.usage) or Decimal(0)


def _take(
    made: Generated, one: _Ask, reply: KeptReply, plan: GenerationPlan, chunks: Chunks
) -> None:
    draft = read_draft(reply.text) if reply.text else None
    known = [question.text for question in made.questions]
    reason = rejected(draft, one.asked, known, lambda words: chunks.holds(plan.kb, words))
    if reason is not None or draft is None:
        made.rejects[reason or Reject.FORM] += 1
        return
    made.questions.append(_question(one, draft))


def _question(one: _Ask, draft: Draft) -> Question:
    answerable = one.asked.kind is not Kind.UNANSWERABLE
    name = one.place.document.name
    return Question(
        question_id=f"generated-{one.name}",
        text=draft.question,
        answers=(draft.answer,) if answerable else (),
        answerable=answerable,
        gold_documents=(name,) if answerable else (),
        gold_texts=(draft.quote,) if answerable else (),
        cluster=name,
        generated=True,
        kind=one.asked.kind,
    )
