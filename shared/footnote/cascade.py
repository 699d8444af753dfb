"""Passages to an answer: one model after the other, until one writes what can be verified.

Every retry is decided here: an endpoint is called once per attempt.
"""

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from footnote.answering.citations import DECLINED
from footnote.attempts import Attempt, Task, attempt_answer, check_writing
from footnote.cascade_ports import CascadePorts
from footnote.domain.answer import Answer, AnswerStatus
from footnote.domain.deadline import Deadline
from footnote.domain.errors import (
    FootnoteError,
    ModelRefusedError,
    ModelUnavailableError,
    OutputInvalidError,
    RateLimitedError,
)
from footnote.domain.ledger import ModelCall, Outcome
from footnote.domain.masking import told
from footnote.domain.model import Model
from footnote.domain.telling import REPLACED, Telling
from footnote.generation.budget import MOST_ATTEMPTS, attempt_s, extract_s, pause_s, shadow_s
from footnote.observability import logger
from footnote.wall_clock import Running

_JITTER_S = (0.2, 0.6)
# Who answers a question that no model was asked.
NO_MODEL = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An answer and who wrote it; `fallback` says why it is an extract although a model is set.

    `cached`: it was written for an earlier question, which is why there are no calls. With a
    `failure` there is no answer: no model wrote an output, and no extract can take its place.
    """

    answer: Answer
    model: str
    checkpoint: str | None = None
    fallback: Outcome | None = None
    calls: tuple[ModelCall, ...] = ()
    cached: bool = False
    failure: FootnoteError | None = None

    @property
    def is_good(self) -> bool:
        """Whether a model answered, and nothing of it failed."""
        answered = self.answer.status is AnswerStatus.ANSWERED
        return answered and any(
            call.outcome is Outcome.OK and not call.shadow for call in self.calls
        )


# What is to be told while an answer is written: its text, and each call to a model as it ends.
type Progress = Telling | ModelCall


def write_answer(
    task: Task, ports: CascadePorts, deadline: Deadline
) -> Generator[Progress, None, Written]:
    """Have an answer written: yields what is to be told on the way, returns the outcome."""
    shadow = _start_shadow(task, ports, deadline)
    attempts = yield from _attempts(task, ports, deadline)
    written = _best(attempts)
    if written is None and task.output_schema is not None:
        written = _without_output(attempts)
    if written is None:
        written = yield from _extract(task, attempts, ports, deadline)
    if task.transcript is not None and not written.failure:
        yield from task.transcript.settle(written.answer.text)
    calls = [attempt.call for attempt in attempts]
    if shadow and task.plan.shadow:
        calls.append(_shadow_call(task.plan.shadow, shadow, deadline))
    return replace(written, calls=tuple(calls))


def _attempts(
    task: Task, ports: CascadePorts, deadline: Deadline
) -> Generator[Progress, None, list[Attempt]]:
    """At most two, each with its share of the time; the last is good, or nothing better is left."""
    made: list[Attempt] = []
    step = _next_step(task.plan.steps, made, ports, deadline)
    while step:
        model, pause = step
        if pause:
            ports.sleep(pause)
        left = deadline.left()
        seconds, most_s = attempt_s(left, MOST_ATTEMPTS - len(made)), attempt_s(left, 1)
        repair = made[-1].repair if made else None
        asked = replace(task, prompt=repair) if repair else task
        try:
            attempt = yield from attempt_answer(model, asked, seconds, ports, most_s)
        except RateLimitedError:
            if made:
                break  # what there is was paid for
            raise
        made.append(attempt)
        _warn(attempt.call)
        step = _next_step(task.plan.steps, made, ports, deadline)
        call = replace(attempt.call, escalated=step is not None, arm=task.plan.arm)
        made[-1] = replace(attempt, call=call)
        task.calls.append(call)
        yield call
        if step and task.transcript is not None:
            yield from task.transcript.forget(0, call.outcome)
    return made


def _next_step(
    steps: Sequence[Model], made: Sequence[Attempt], ports: CascadePorts, deadline: Deadline
) -> tuple[Model, float] | None:
    """Who is asked next, and how many seconds from now; nobody, where it is of no use."""
    left = deadline.left()
    last = made[-1] if made else None
    if (last and last.call.outcome is Outcome.OK) or not attempt_s(left, MOST_ATTEMPTS - len(made)):
        return None
    tried = {attempt.call.model.name for attempt in made}
    for model in steps:
        if model.name not in tried and ports.breakers[model.endpoint].allows():
            return model, 0.0
    if last and last.repair:
        return last.call.model, 0.0  # it is shown what was wrong
    if last is None or last.call.outcome is not Outcome.UNAVAILABLE:
        return None  # the same model would write the same again
    jitter = random.uniform(*_JITTER_S)  # noqa: S311 - not a secret
    pause = pause_s(left, last.retry_after_s, jitter)
    held = ports.breakers[last.call.model.endpoint].held_s()
    return (last.call.model, pause) if pause is not None and held <= pause else None


def _warn(call: ModelCall) -> None:
    """Tell whoever runs this of an endpoint that fails; callers only see what came instead."""
    if call.outcome in (Outcome.UNAVAILABLE, Outcome.REFUSED):
        name, why = call.model.name, call.outcome.value
        logger.warning("a model failed", model=name, outcome=why, reason=call.reason)


def _best(attempts: Sequence[Attempt]) -> Written | None:
    """The last good answer, else the last one at all; none where nobody wrote in the form asked."""
    usable = [
        (attempt.call, attempt.answer)
        for attempt in attempts
        if attempt.answer and attempt.call.outcome is not Outcome.INVALID_FORMAT
    ]
    good = [one for one in usable if one[0].outcome is Outcome.OK]
    answered = [one for one in usable if one[1].status is AnswerStatus.ANSWERED]
    for chosen in (good, answered, usable):
        if chosen:
            call, answer = chosen[-1]
            return Written(answer=answer, model=call.model.name, checkpoint=call.model.checkpoint)
    return None


def _without_output(attempts: Sequence[Attempt]) -> Written:
    last = attempts[-1] if attempts else None
    model = last.call.model if last else None
    return Written(
        answer=DECLINED,
        model=model.name if model else NO_MODEL,
        checkpoint=model.checkpoint if model else None,
        failure=_failure(last),
    )


def _failure(last: Attempt | None) -> FootnoteError:
    """Why there is no output, as whoever asked for it has to know it."""
    if last and last.problems:
        told = "; ".join(last.problems)
        return OutputInvalidError(f"no model wrote what output_schema asks for: {told}")
    if last and last.call.outcome is Outcome.REFUSED:
        return ModelRefusedError(last.call.reason)
    reason = last.call.reason if last else ""
    message = reason or "no model answers at the moment"
    return ModelUnavailableError(message, retry_after_s=last.retry_after_s if last else None)


def _extract(
    task: Task, attempts: Sequence[Attempt], ports: CascadePorts, deadline: Deadline
) -> Generator[Telling, None, Written]:
    """The passages' own sentences: what there is without any model, and when all of them fail."""
    fallback = None
    if task.plan.steps:
        fallback = attempts[-1].call.outcome if attempts else Outcome.UNAVAILABLE
    if task.transcript is not None:
        yield from task.transcript.forget(0, fallback or REPLACED)
    checked = yield from check_writing(ports.extractive, task, extract_s(deadline.left()), [])
    answer = checked.answer or DECLINED
    return Written(answer=answer, model=ports.extractive.model, fallback=fallback)


def _start_shadow(task: Task, ports: CascadePorts, deadline: Deadline) -> Running[Attempt] | None:
    """Ask the shadow beside the first step: nothing runs in Lambda once the reply is sent."""
    shadow = task.plan.shadow
    seconds = attempt_s(deadline.left(), MOST_ATTEMPTS)
    if shadow is None or not seconds or not ports.breakers[shadow.endpoint].allows():
        return None
    unheard = replace(task, transcript=None)
    return Running(lambda: silently(attempt_answer(shadow, unheard, seconds, ports)), name="shadow")


def silently[Result](steps: Generator[object, None, Result]) -> Result:
    """What the steps come to; nobody is told of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


def _shadow_call(model: Model, running: Running[Attempt], deadline: Deadline) -> ModelCall:
    patience = shadow_s(deadline.left())
    try:
        call = running.result(patience).call
    except TimeoutError:
        reason = "the answer did not wait for it"
        call = ModelCall(model=model, outcome=Outcome.UNFINISHED, latency_ms=0, reason=reason)
    except Exception as error:  # noqa: BLE001 - whatever breaks there harms no answer
        reason = told(error)
        call = ModelCall(model=model, outcome=Outcome.UNAVAILABLE, latency_ms=0, reason=reason)
    return replace(call, shadow=True)
