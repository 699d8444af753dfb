"""`footnote checkpoint list|evaluate|promote|rollback`: fine-tuned models put in force."""

from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import (
    AsJson,
    KnowledgeBase,
    errors,
    print_error,
    print_json,
    print_text,
)
from footnote.cli.registered import checkpoint_json, print_checkpoints
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.fine_tuning import Checkpoint
from footnote.domain.model import Model

SEED = 20261128
NOT_SHOWN_STATUS = 3
_PROMOTE = "promote"
Name = Annotated[str, typer.Argument(help="The checkpoint.")]


def list_checkpoints(
    knowledge_base: KnowledgeBase = "default", as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Show every checkpoint, how it was judged, and what of its documents is there no more."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        found = [
            (one, bootstrap.checkpoints().affected_documents(one) if one.affected else [])
            for one in bootstrap.checkpoints().all_of(KnowledgeBaseId(knowledge_base))
        ]
    if as_json:
        print_json([checkpoint_json(one, documents) for one, documents in found])
        return
    if not found:
        print_text(f"{knowledge_base} has no checkpoint; `footnote finetune start` makes some.")
        return
    print_checkpoints(found)


def evaluate(
    name: Name,
    knowledge_base: KnowledgeBase = "default",
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = SEED,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Ask it and what answers now every held-out row, and let the gate say which is better.

    Status 3 where a gain is not shown.
    """
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap
        from footnote.cli.tune import check_installed

        check_installed()
        kb = KnowledgeBaseId(knowledge_base)
        checkpoint = bootstrap.checkpoints().find(kb, name)
        verdict = _judge(checkpoint, seed, silent=as_json)
        bootstrap.checkpoints().judged(checkpoint, verdict)
    if as_json:
        print_json(verdict)
    else:
        print_text(f"{name} against {verdict['against']}: {verdict['reason']}.")
        print_text(f"Decision: {verdict['decision']}.")
    if verdict["decision"] != _PROMOTE:
        raise typer.Exit(NOT_SHOWN_STATUS)


def promote(
    name: Name,
    canary: Annotated[
        float | None,
        typer.Option(min=0.001, max=0.999, help="Only for this share of the conversations."),
    ] = None,
    although_affected: Annotated[
        bool, typer.Option("--although-affected", help="Also with rows of deleted documents.")
    ] = False,
    knowledge_base: KnowledgeBase = "default",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Have it answer, where the gate saw a gain; a conversation keeps its model."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        checkpoint = bootstrap.checkpoints().find(KnowledgeBaseId(knowledge_base), name)
        _check_gate(checkpoint, although_affected=although_affected)
        if canary is None:
            before = bootstrap.checkpoints().promote(checkpoint)
            told = f"{name} answers from now on, instead of {before}."
        else:
            before = bootstrap.checkpoints().try_out(checkpoint, canary)
            told = f"{name} answers {canary:.1%} of the conversations, {before} the others."
    if as_json:
        print_json({"checkpoint": name, "instead_of": before, "canary": canary})
    else:
        print_text(f"{told} Questions notice within seconds.")


def rollback(
    knowledge_base: KnowledgeBase = "default", as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """End a canary, or have what answered before the last promotion answer again."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        name, answers = bootstrap.checkpoints().roll_back(KnowledgeBaseId(knowledge_base))
    if as_json:
        print_json({"rolled_back": name, "answers": answers})
    elif answers:
        print_text(f"{answers} answers again, instead of {name}.")
    else:
        print_text(f"{name} answers no conversation any more.")


def _judge(checkpoint: Checkpoint, seed: int, *, silent: bool) -> dict[str, Any]:
    from footnote import bootstrap
    from footnote.judge_checkpoint import Judging, judge_checkpoint, verdict_as_json

    in_force = _in_force(checkpoint)
    judging = Judging(
        checkpoint=checkpoint,
        in_force=in_force,
        rows=bootstrap.datasets().rows(checkpoint.kb, checkpoint.dataset_id),
        settings=bootstrap.knowledge_base_settings(checkpoint.kb),
        seed=seed,
    )
    columns = (TextColumn("asking"), MofNCompleteColumn())
    with Progress(*columns, console=errors, disable=silent, transient=True) as progress:
        task = progress.add_task("asking", total=None)
        shown = replace(judging, asked=lambda of: progress.update(task, total=of, advance=1))
        verdict = judge_checkpoint(shown, bootstrap.judge_ports())
    return verdict_as_json(verdict, in_force.name)


def _in_force(checkpoint: Checkpoint) -> Model:
    """The first step of the route: what a checkpoint would take the place of."""
    from footnote import bootstrap
    from footnote.postgres.checkpoints import no_route

    catalogue = bootstrap.models().catalogue()
    route = catalogue.route(checkpoint.kb)
    if route is None:
        raise UnprocessableError(no_route(checkpoint.kb))
    if route.steps[0] == checkpoint.name:
        message = f"{checkpoint.name} answers already; roll back to compare it with another model"
        raise UnprocessableError(message)
    return catalogue.models[route.steps[0]]


def _check_gate(checkpoint: Checkpoint, *, although_affected: bool) -> None:
    verdict = checkpoint.verdict
    if verdict is None:
        message = f"{checkpoint.name} was not judged: `footnote checkpoint evaluate` does that"
        raise UnprocessableError(message)
    if verdict.get("decision") != _PROMOTE:
        message = f"{checkpoint.name} did not pass the gate: {verdict.get('reason')}"
        raise UnprocessableError(message)
    if checkpoint.gone and not although_affected:
        message = (
            f"{checkpoint.gone} of the rows that {checkpoint.name} learned from show documents that"
            " were deleted since; build and train anew, or say --although-affected"
        )
        raise UnprocessableError(message)
    if checkpoint.affected:
        print_error(f"{checkpoint.affected} of its rows show text that is there no more.")
