"""One attempt to have an answer written: a model is called once, and what it writes is checked."""

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from footnote.answering.citations import cite
from footnote.answering.draft import Draft, read_draft
from footnote.answering.judge import judge
from footnote.answering.live import LiveAnswer
from footnote.answering.output import read_output
from footnote.answering.output_prompt import repaired
from footnote.answering.token_count import count_tokens, prompt_tokens
from footnote.cascade_ports import CascadePorts
from footnote.domain.answer import NO_TOKENS, Answer, Usage
from footnote.domain.errors import (
    ModelRefusedError,
    ModelUnavailableError,
    SettingsError,
    UnusableReplyError,
)
from footnote.domain.ledger import ModelCall, Outcome
from footnote.domain.model import Model, Plan
from footnote.domain.prompt import Completion, Prompt
from footnote.domain.telling import Telling, Transcript
from footnote.generation.port import Generator as TextGenerator


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A prompt, who is to answer it, and how likely it is that its passages do.

    `transcript` is what somebody who listens holds; without one, nothing is told on the way. With
    an `output_schema` the answer is a value that fits it. `calls`: those that ended until now, for
    whoever has to tell of them where nobody waits for the answer.
    """

    prompt: Prompt
    plan: Plan
    in_corpus: float
    transcript: Transcript | None = None
    output_schema: Mapping[str, Any] | None = None
    calls: list[ModelCall] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call to a model, and the answer that came of it, if any did.

    `problems` is what was wrong with an output, and `repair` asks for it once more.
    """

    call: ModelCall
    answer: Answer | None = None
    retry_after_s: float | None = None
    problems: tuple[str, ...] = ()
    repair: Prompt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was written, and what could be verified of it; see `Attempt`."""

    answer: Answer | None
    outcome: Outcome
    usage: Usage
    problems: tuple[str, ...] = ()
    repair: Prompt | None = None


def attempt_answer(
    model: Model, task: Task, seconds: float, ports: CascadePorts, most_s: float | None = None
) -> Generator[Telling, None, Attempt]:
    """Ask a model once, within so many seconds; what fails is an outcome, and no error.

    Somebody who listens goes on listening while it writes, for `most_s` seconds in all.
    """
    began = time.perf_counter()
    breaker = ports.breakers[model.endpoint]

    def ended(outcome: Outcome, reason: str = "", usage: Usage = NO_TOKENS) -> ModelCall:
        latency = round((time.perf_counter() - began) * 1e3, 1)
        return ModelCall(
            model=model, outcome=outcome, latency_ms=latency, usage=usage, reason=reason
        )

    heard: list[str] = []
    try:
        checked = yield from check_writing(ports.generators(model), task, seconds, heard, most_s)
    except GeneratorExit:
        # What the endpoint charges is not known: at least what it has read and written until now.
        taken = Usage(
            input_tokens=prompt_tokens(task.prompt), output_tokens=count_tokens("".join(heard))
        )
        task.calls.append(ended(Outcome.UNFINISHED, "nobody waits for it any more", taken))
        raise
    except ModelUnavailableError as error:
        breaker.failed(error.retry_after_s or 0.0)
        call = ended(Outcome.UNAVAILABLE, str(error))
        return Attempt(call=call, retry_after_s=error.retry_after_s)
    except UnusableReplyError as error:
        return Attempt(call=ended(Outcome.REFUSED, str(error), error.usage or NO_TOKENS))
    except (ModelRefusedError, SettingsError) as error:
        return Attempt(call=ended(Outcome.REFUSED, str(error)))
    breaker.succeeded()
    return Attempt(
        call=ended(checked.outcome, usage=checked.usage),
        answer=checked.answer,
        problems=checked.problems,
        repair=checked.repair,
    )


def check_writing(
    generator: TextGenerator,
    task: Task,
    seconds: float,
    heard: list[str],
    most_s: float | None = None,
) -> Generator[Telling, None, Checked]:
    """What a generator writes, told on the way where somebody listens; `heard` is all of it."""
    passages = task.prompt.passages
    if task.output_schema is not None:
        completion = generator.generate(task.prompt, deadline_s=seconds)
        return _checked_output(completion, task, task.output_schema)
    if task.transcript is None:
        completion = generator.generate(task.prompt, deadline_s=seconds)
        draft = read_draft(completion.text, truncated=completion.truncated)
        return _checked(draft, cite(draft, passages), completion.usage, task)
    live = LiveAnswer(passages, task.transcript)
    for piece in generator.stream(task.prompt, deadline_s=seconds, most_s=most_s):
        if isinstance(piece, Completion):
            yield from live.end()
            draft, answer = live.outcome(truncated=piece.truncated)
            return _checked(draft, answer, piece.usage, task)
        heard.append(piece)
        yield from live.read(piece)
    raise AssertionError("a stream ends with the whole")


def _checked(draft: Draft, answer: Answer, usage: Usage, task: Task) -> Checked:
    outcome = judge(draft, answer, in_corpus=task.in_corpus)
    return Checked(answer=answer, outcome=outcome, usage=usage)


def _checked_output(completion: Completion, task: Task, schema: Mapping[str, Any]) -> Checked:
    """Half an object is none, so nothing of an output is told on the way."""
    passages = task.prompt.passages
    found = read_output(completion, schema, passages, in_corpus=task.in_corpus)
    repair = repaired(task.prompt, completion.text, found.problems) if found.problems else None
    return Checked(
        answer=found.answer,
        outcome=found.outcome,
        usage=completion.usage,
        problems=found.problems,
        repair=repair,
    )
