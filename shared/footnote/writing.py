"""Passages to an answer: the one that was given before where it still holds, else a new one."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace

from footnote.answer_cache import AnswerCache, key_of
from footnote.answering.keeping import keep
from footnote.answering.output_prompt import build_output_prompt
from footnote.answering.prompt import PromptShape, build_prompt
from footnote.attempts import Task
from footnote.cascade import Progress, Written, write_answer
from footnote.cascade_ports import CascadePorts
from footnote.domain.deadline import Deadline
from footnote.domain.ledger import ModelCall
from footnote.domain.model import Plan
from footnote.domain.passage import Retrieval
from footnote.domain.question import Question
from footnote.domain.telling import Transcript
from footnote.retrieval.in_corpus import in_corpus_probability


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, who is to answer it, what was found for it, who listens, and calls until now."""

    question: Question
    plan: Plan
    found: Retrieval
    transcript: Transcript | None
    calls: list[ModelCall] = field(default_factory=list)


def answer_from(
    asked: Asked, cascade: CascadePorts, answers: AnswerCache | None, deadline: Deadline
) -> Generator[Progress, None, Written]:
    """An answer from what was found; yields what is to be told on the way."""
    task, found = task_of(asked), asked.found
    if answers is None or not _may_be_kept(asked) or found.active_index is None:
        return (yield from write_answer(task, cascade, deadline))
    key = key_of(asked.question, task.prompt, asked.plan, found.active_index)
    known = answers.find(key, task.prompt, deadline)
    if known:
        kept, answer = known
        if asked.transcript is not None:
            yield from asked.transcript.settle(answer.text)
        return Written(answer=answer, model=kept.model, checkpoint=kept.checkpoint, cached=True)
    written = yield from write_answer(task, cascade, deadline)
    # What was found by words alone is not the best that there is.
    if written.is_good and not found.degraded:
        kept = keep(written.answer, task.prompt.passages, written.model, written.checkpoint)
        answers.keep(key, replace(kept, question_id=asked.question.question_id), deadline)
    return written


def _may_be_kept(asked: Asked) -> bool:
    """An extract is the best of all passages, so no citation tells how long; outputs are rare."""
    wanted = asked.found.settings.cache_answers and asked.question.output_schema is None
    return wanted and bool(asked.plan.steps)


def task_of(asked: Asked) -> Task:
    """What whoever writes is given: the prompt with its passages, and what else counts."""
    question, found, schema = asked.question, asked.found, asked.question.output_schema
    shape = PromptShape.of(found.settings).fitted(asked.plan.steps)
    if schema is None:
        prompt = build_prompt(question.standalone, found.passages, shape)
    else:
        prompt = build_output_prompt(question.standalone, found.passages, shape, schema)
    return Task(
        prompt=prompt,
        plan=asked.plan,
        in_corpus=in_corpus_probability(found),
        transcript=asked.transcript,
        output_schema=schema,
        calls=asked.calls,
    )
