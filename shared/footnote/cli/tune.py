"""`footnote tune retrieval`: ranking and declining, fitted to a question set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson, KnowledgeBase, errors, print_json
from footnote.cli.question_files import ForeignSets, question_sets, said
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import SettingsError
from footnote.domain.fusion import Fitted

if TYPE_CHECKING:
    from footnote.tune import Plan, Tuning

SEED = 20261125


def retrieval(
    questions: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, help="A question set as `footnote eval` takes it."
        ),
    ] = None,
    knowledge_base: KnowledgeBase = "default",
    foreign_sets: ForeignSets = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be changed, and change nothing.")
    ] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Go back to the default weights and calibration.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the folds and of the intervals.")] = SEED,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Fit to a question set how passages are ranked, and which questions are declined.

    Everything is chosen on some questions and judged on others, of other documents. Only what is
    shown to be better than the default is written, and counts from the next question on. Status 1
    where there is too little to tune by, 2 where a set is malformed.
    """
    if reset == bool(questions):
        message = "give a question set, or --reset"
        raise typer.BadParameter(message)
    kb = KnowledgeBaseId(knowledge_base)
    with said():
        asked = question_sets(questions, foreign_sets or []) if questions else []
    with deployment(data_dir, DATABASE):
        if reset:
            _reset(kb, dry_run=dry_run, as_json=as_json)
            return
        check_installed()
        from footnote.tune import Plan

        tuning = _tune(Plan(kb=kb, questions=asked, seed=seed), silent=as_json)
        if not dry_run:
            _write(tuning)
    from footnote.cli.tuned import as_json_value, print_tuning

    if as_json:
        print_json(as_json_value(tuning, seed, dry_run=dry_run))
    else:
        print_tuning(tuning, seed, dry_run=dry_run)


def check_installed() -> None:
    """Refuse early where numpy is missing.

    Raises:
        SettingsError: says how to install it.
    """
    if find_spec("numpy") is None:
        message = "tuning needs the extra `evaluation`: uv sync --extra local --extra evaluation"
        raise SettingsError(message)


def _tune(plan: "Plan", *, silent: bool) -> "Tuning":
    from footnote import bootstrap
    from footnote.tune import tune

    with searching(silent=silent) as advance:
        return tune(replace(plan, searched=advance), bootstrap.tune_ports())


@contextmanager
def searching(*, silent: bool) -> Iterator[Callable[[int], None]]:
    """A bar that goes on with each search, told how many there are."""
    columns = (
        TextColumn("searching"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, disable=silent) as progress:
        task = progress.add_task("searching", total=None)

        def advance(total: int) -> None:
            progress.update(task, total=total, advance=1)

        yield advance


def _write(tuning: "Tuning") -> None:
    from footnote import bootstrap

    if tuning.after != tuning.before:
        bootstrap.tune_ports().fitted.write(tuning.index, tuning.after)


def _reset(kb: KnowledgeBaseId, *, dry_run: bool, as_json: bool) -> None:
    from footnote import bootstrap
    from footnote.cli.tuned import print_reset
    from footnote.tune import active_index

    ports = bootstrap.tune_ports()
    index = active_index(kb, ports.indexes)
    before = ports.fitted.read(index)
    if not dry_run:
        ports.fitted.write(index, Fitted())
    print_reset(kb, before, dry_run=dry_run, as_json=as_json)
