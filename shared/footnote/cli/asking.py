"""Asking a whole question set at the command line: progress, interruption, and going on."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from footnote.cli.documents import upload_and_wait
from footnote.cli.evaluation_api import EvaluatedApi
from footnote.cli.output import errors, print_error
from footnote.client import ApiClient
from footnote.domain.errors import UnprocessableError
from footnote.evaluate import Plan, QuestionApi, evaluate, unfinished
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.question_set import Question
from footnote.evaluation.run_file import Run, RunFile

INTERRUPTED_STATUS = 130
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a set is asked from the command line; `kept` is where outcomes outlive it."""

    plan: Plan
    corpus: Path | None
    timeout_s: float
    kept: RunFile | None
    silent: bool
    question_set: str = ""


def ask_all(
    client: ApiClient, questions: Sequence[Question], asking: Asking
) -> tuple[Run, list[Outcome]]:
    """What became of every question, in the set's order; goes on with the run that is kept.

    Raises:
        UnprocessableError: the run file is of another run, or the knowledge base is of another set.
    """
    run = _run(client, asking)
    kept = asking.kept
    if asking.corpus and not (kept and kept.begun and _holds_any(client, questions, asking)):
        _upload(client, asking.corpus, asking)
    check_documents(client, questions, asking.plan.knowledge_base)
    return run, ask_one_arm(run, EvaluatedApi(client), questions, asking)


def ask_one_arm(
    run: Run, api: QuestionApi, questions: Sequence[Question], asking: Asking
) -> list[Outcome]:
    """What became of every question of a run, in the set's order; goes on with what is kept.

    Raises:
        UnprocessableError: the run file is of another run.
    """
    kept = asking.kept
    outcomes = kept.open(run) if kept else []
    known = {outcome.question.question_id: outcome for outcome in outcomes}
    waiting = unfinished(questions, outcomes)
    try:
        for outcome in _progress(waiting, len(questions), api, asking):
            known[outcome.question.question_id] = outcome
            if kept:
                kept.add(outcome)
    except KeyboardInterrupt:
        _tell_interrupted(len(known), len(questions), kept)
        raise typer.Exit(INTERRUPTED_STATUS) from None
    return [known[question.question_id] for question in questions]


def _run(client: ApiClient, asking: Asking) -> Run:
    health = client.health()
    plan = asking.plan
    return Run(
        knowledge_base=plan.knowledge_base,
        searches_only=plan.searches_only,
        version=health["version"],
        embedding_model=health["embedding_model"],
        generation_model=health["generation_model"],
        question_set=asking.question_set,
        begun_on=datetime.now(tz=UTC).date(),
    )


def _upload(client: ApiClient, corpus: Path, asking: Asking) -> None:
    kb = asking.plan.knowledge_base
    documents = upload_and_wait(client, kb, [corpus], asking.timeout_s, silent=asking.silent)
    statuses = Counter(document["status"] for document in documents)
    unready = [document for document in documents if document["status"] != "ready"]
    if unready:
        told = ", ".join(f"{count} {status}" for status, count in statuses.most_common())
        print_error(f"Of {len(documents)} files: {told}; `footnote status -k {kb}` says why.")


def _holds_any(client: ApiClient, questions: Sequence[Question], asking: Asking) -> bool:
    """Whether what a run was begun on is still there: the system may have been emptied since."""
    gold, missing = _gold_and_missing(client, questions, asking.plan.knowledge_base)
    return not gold or len(missing) < len(gold)


def _gold_and_missing(
    client: ApiClient, questions: Sequence[Question], kb: str
) -> tuple[set[str], list[str]]:
    gold = {name for question in questions for name in question.gold_documents}
    documents = client.documents(kb)
    ready = {one["key"].partition("/")[2] for one in documents if one["status"] == "ready"}
    return gold, sorted(gold - ready)


def check_documents(client: ApiClient, questions: Sequence[Question], kb: str) -> None:
    """A gold document that is not there cannot be found, and that is no fault of the search.

    Raises:
        UnprocessableError: none of them is there.
    """
    gold, missing = _gold_and_missing(client, questions, kb)
    if gold and len(missing) == len(gold):
        message = (
            f"{kb} holds none of the {len(gold)} documents that the questions are about, such as "
            f"{missing[0]}: name another --knowledge-base, or upload them (`footnote add`)"
        )
        raise UnprocessableError(message)
    if missing:
        shown = ", ".join(missing[:_SHOWN])
        print_error(f"{len(missing)} of {len(gold)} gold documents are not ready in {kb}: {shown}")


def _progress(
    waiting: Sequence[Question], total: int, api: QuestionApi, asking: Asking
) -> Iterator[Outcome]:
    columns = (
        TextColumn("asking"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, disable=asking.silent) as progress:
        task = progress.add_task("asking", total=total, completed=total - len(waiting))
        for outcome in evaluate(waiting, api, asking.plan):
            yield outcome
            progress.advance(task)


def _tell_interrupted(done: int, total: int, kept: RunFile | None) -> None:
    if kept:
        print_error(f"Stopped after {done} of {total} questions: the same command goes on.")
    else:
        print_error(f"Stopped after {done} of {total} questions; --run FILE would have kept them.")


def print_failures(outcomes: Sequence[Outcome]) -> None:
    """Which questions are in no figure, and why."""
    failed = [outcome for outcome in outcomes if outcome.error]
    if not failed:
        return
    print_error(f"{len(failed)} of {len(outcomes)} questions failed and are in no figure:")
    for outcome in failed[:_SHOWN]:
        print_error(f"  {outcome.question.question_id}: {outcome.error}")
    print_error("With --run the same command asks just these again.")
