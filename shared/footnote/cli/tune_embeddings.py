"""`footnote tune embeddings` and `footnote tune list`: maps on the embeddings of questions."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footnote.cli.adapters import print_adapters, print_learned
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson, KnowledgeBase
from footnote.cli.question_files import question_sets, said
from footnote.cli.tune import SEED, check_installed, searching
from footnote.domain.document import KnowledgeBaseId

if TYPE_CHECKING:
    from footnote.tune import Plan
    from footnote.tune_embeddings import EmbeddingTuning


def embeddings(
    questions: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, help="A question set as `footnote eval` takes it."
        ),
    ] = None,
    knowledge_base: KnowledgeBase = "default",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be changed, and change nothing.")
    ] = False,
    back: Annotated[
        bool, typer.Option("--back", help="Put in force what the adapter took the place of.")
    ] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Search by questions' embeddings as they are.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the folds and of the intervals.")] = SEED,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Learn a map on the embeddings of questions, so that they come nearer to what answers them.

    Documents keep their embeddings. The map is judged by the whole search, on questions of other
    documents than those it was learned from; only one that is shown to be better is put in force,
    from the next question on. Status 1 where there is too little to learn from, 2 where a set is
    malformed.
    """
    if [bool(questions), back, reset].count(True) != 1:
        message = "give a question set, or --back, or --reset"
        raise typer.BadParameter(message)
    kb = KnowledgeBaseId(knowledge_base)
    with said():
        asked = question_sets(questions, []) if questions else []
    with deployment(data_dir, DATABASE):
        if back or reset:
            _change(kb, back=back, as_json=as_json)
            return
        check_installed()
        from footnote.tune import Plan

        tuning = _tune(Plan(kb=kb, questions=asked, seed=seed), silent=as_json)
        number = None if dry_run else _promote(tuning)
    print_learned(tuning, seed, number, as_json=as_json)


def list_adapters(
    knowledge_base: KnowledgeBase = "default", as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Show the maps that were put in force, by what they were promoted, and which is now."""
    with deployment(data_dir, DATABASE):
        _show(KnowledgeBaseId(knowledge_base), as_json=as_json)


def _tune(plan: "Plan", *, silent: bool) -> "EmbeddingTuning":
    from footnote import bootstrap
    from footnote.tune_embeddings import tune_embeddings

    with searching(silent=silent) as advance:
        return tune_embeddings(replace(plan, searched=advance), bootstrap.adapter_ports())


def _promote(tuning: "EmbeddingTuning") -> int | None:
    from footnote import bootstrap

    if tuning.learned is None:
        return None
    return bootstrap.query_adapters().promote(tuning.index, tuning.learned)


def _change(kb: KnowledgeBaseId, *, back: bool, as_json: bool) -> None:
    from footnote import bootstrap
    from footnote.tune import active_index

    index = active_index(kb, bootstrap.search_indexes())
    if back:
        bootstrap.query_adapters().roll_back(index)
    else:
        bootstrap.query_adapters().reset(index)
    _show(kb, as_json=as_json)


def _show(kb: KnowledgeBaseId, *, as_json: bool) -> None:
    from footnote import bootstrap

    print_adapters(kb, bootstrap.query_adapters().all_of(kb), as_json=as_json)
