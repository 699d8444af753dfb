"""`footnote eval staleness`: documents are edited in a copy; who still tells the old fact?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from footnote.cli.arms import Arms, ask_arms
from footnote.cli.figures import differences_json
from footnote.cli.operations import BUCKET, DATABASE, DataDir, deployment
from footnote.cli.output import (
    AsJson,
    KnowledgeBase,
    api_errors,
    console,
    errors,
    plain_table,
    print_error,
    print_json,
    print_text,
)
from footnote.cli.question_files import said
from footnote.domain.document import KnowledgeBaseId
from footnote.evaluation.arms import Arm
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.edits import Edit, aged, read_edits
from footnote.evaluation.measuring import Compared, compared_by
from footnote.evaluation.metrics.answers import OLD_FACT
from footnote.evaluation.metrics.metric import Unit
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.presenting import changed, interval
from footnote.evaluation.question_set import Question, read_question_set
from footnote.evaluation.staleness import Staleness, still_said_in
from footnote.evaluation.staleness import staleness as counted

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aged:
    """What became of an arm's answers: `changed` by the edit, and `less_rag` after it."""

    counts: Staleness
    changed: Compared | None
    less_rag: Compared | None
    said_in: Mapping[str, int]
    failed: tuple[Outcome, ...]


def staleness(
    questions: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A question set.")],
    edits: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="CSV or JSON lines of `document`, `old` and `new`; or `edited`, a whole new file.",
        ),
    ],
    knowledge_base: KnowledgeBase = "default",
    arms: Annotated[str, typer.Option(help="Who is asked, as in `footnote eval`.")] = "base,rag",
    model: Annotated[
        str | None, typer.Option(help="Of base and rag; the route's first unless given.")
    ] = None,
    fine_tuned: Annotated[
        str | None, typer.Option(help="The fine-tuned model, by its registered name.")
    ] = None,
    copy: Annotated[
        str | None, typer.Option(help="What the copy is called; NAME-edited unless given.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Do not remove the copy.")] = False,
    timeout_s: Annotated[
        float, typer.Option("--timeout", min=0, help="Seconds to wait for the copy.")
    ] = 3600,
    seed: Annotated[int, typer.Option(help="Of the intervals' resampling.")] = 20261125,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Copy a knowledge base, ask, edit documents of the copy, ask again: who tells the old fact?

    Asked are the questions whose answer the edits change. Nobody's own documents are touched; the
    copy is removed at the end. Status 1 where questions failed, 2 where a file is malformed.
    """
    name = copy or f"{knowledge_base}-edited"
    asked_arms = Arms(
        names=arms,
        kb=name,
        model=model,
        fine_tuned=fine_tuned,
        run_file=None,
        silent=as_json,
        routed_as=knowledge_base,
    )
    with deployment(data_dir, DATABASE, BUCKET), said(), api_errors():
        wanted = read_edits(edits)
        asked = aged(read_question_set(questions), wanted)
        seen = _asked_twice(asked_arms, asked, wanted, (timeout_s, keep), Resampling(seed=seed))
    if as_json:
        print_json(_as_json(seen))
    else:
        _print(seen, asked)
    failed = [one for arm in seen.values() for one in arm.failed]
    for one in failed:
        print_error(f"{one.question.question_id}: {one.error}")
    if failed:
        raise typer.Exit(1)


def _asked_twice(
    arms: Arms,
    questions: Sequence[Question],
    edits: Sequence[Edit],
    waiting: tuple[float, bool],
    how: Resampling,
) -> dict[Arm, _Aged]:
    from footnote import bootstrap
    from footnote.edited_copy import EditedCopy

    ports = replace(bootstrap.copy_ports(), told=lambda step: errors.print(step, markup=False))
    timeout_s, keep = waiting
    copy = EditedCopy(
        kb=KnowledgeBaseId(arms.routed_as or arms.kb),
        name=KnowledgeBaseId(arms.kb),
        ports=ports,
        timeout_s=timeout_s,
        keep=keep,
    )
    contents = copy.check(edits)
    with copy:
        before = ask_arms(arms, questions, how)
        copy.edit(contents)
        after = ask_arms(arms, questions, how)
    rag = after[Arm.RAG].outcomes if Arm.RAG in after else ()
    return {
        arm: _aged(before[arm].outcomes, one.outcomes, () if arm is Arm.RAG else rag, how)
        for arm, one in after.items()
    }


def _aged(
    before: Sequence[Outcome], after: Sequence[Outcome], rag: Sequence[Outcome], how: Resampling
) -> _Aged:
    return _Aged(
        counts=counted(before, after),
        changed=compared_by(OLD_FACT, before, after, how),
        less_rag=compared_by(OLD_FACT, rag, after, how),
        said_in=still_said_in(after),
        failed=tuple(one for one in (*before, *after) if one.error),
    )


def _print(seen: Mapping[Arm, _Aged], questions: Sequence[Question]) -> None:
    console.print(_counts(seen))
    for arm, one in seen.items():
        told = f"{arm}: {one.counts.stale} of {one.counts.questions} still tell the old fact"
        if one.less_rag:
            told += f"; less rag {_in_words(one.less_rag)}"
        if one.changed:
            told += f"; after the edit less before {_in_words(one.changed)}"
        print_text(f"{told}.")
    elsewhere = {name: count for one in seen.values() for name, count in one.said_in.items()}
    if elsewhere:
        told = ", ".join(f"{name} ({count})" for name, count in list(elsewhere.items())[:_SHOWN])
        print_text(
            f"Passages that hold an old answer were found in {told}: are these to be edited, too?"
        )
    documents = len({one.cluster for one in questions})
    print_text(
        f"\n{len(questions)} questions of {documents} documents, in pairs; 95 % intervals over"
        " documents, none where there is one.",
        "dim",
    )


def _counts(seen: Mapping[Arm, _Aged]) -> Table:
    table = plain_table(
        "", "asked", "told it before", "still tell it", "tell it anew", "tell the new one",
        "decline", "neither",
    )  # fmt: skip
    for arm, one in seen.items():
        counts = one.counts
        cells = (counts.questions, counts.before, counts.still, counts.anew, counts.new)
        table.add_row(arm.value, *map(str, (*cells, counts.declined, counts.neither)))
    return table


def _in_words(compared: Compared) -> str:
    change = compared.difference
    ends = interval(change.low, change.high, Unit.SHARE, signed=True)
    return changed(change.value, Unit.SHARE) + (f" ({ends})" if ends else "")


def _as_json(seen: Mapping[Arm, _Aged]) -> dict[str, Any]:
    arms = {}
    for arm, one in seen.items():
        changes = differences_json([one.changed] if one.changed else [])
        beside = differences_json([one.less_rag] if one.less_rag else [])
        arms[arm.value] = asdict(one.counts) | {
            "stale": one.counts.stale,
            "failed": len(one.failed),
            "still_said_in": dict(one.said_in),
            "after_less_before": changes[0] if changes else None,
            "less_rag": beside[0] if beside else None,
        }
    return {"arms": arms}
