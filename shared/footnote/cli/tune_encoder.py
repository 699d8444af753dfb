"""`footnote tune encoder`: an embedding model that was fine-tuned elsewhere, built and judged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from footnote.cli.encoders import as_json_value, print_encoder
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson, KnowledgeBase, errors, print_json
from footnote.cli.question_files import question_sets, said
from footnote.cli.tune import SEED, check_installed
from footnote.domain.document import KnowledgeBaseId

if TYPE_CHECKING:
    from footnote.embedding.build_encoder import BuiltEncoder
    from footnote.evaluation.question_set import Question
    from footnote.judge_encoder import EncoderTrial
    from footnote.tune import Plan

_INTERRUPTED = 130


def encoder(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True, file_okay=False, help="What sentence-transformers saved: model.safetensors"
        ),
    ],
    questions: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, help="A question set as `footnote eval` takes it: judges."
        ),
    ] = None,
    learned_from: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="The questions that it was trained on; whatever they share is not judged by.",
        ),
    ] = None,
    knowledge_base: KnowledgeBase = "default",
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = SEED,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Build an encoder that you fine-tuned elsewhere, and judge it by what it would find.

    The folder holds a BERT encoder as sentence-transformers saves it: safetensors, never a pickle.
    It is quantised as the local model is, compared with its weights, and kept beside it. With
    questions every chunk is embedded by it and the whole search judged; `footnote reindex` then
    builds its index. Ctrl-C is safe, the same command goes on. Status 1 where there is too little
    to judge by, 2 where the folder or a set is not as it should be.
    """
    if learned_from and not questions:
        message = "--learned-from goes with questions to judge by"
        raise typer.BadParameter(message)
    with said():
        asked = question_sets(questions, []) if questions else []
        learned = question_sets(learned_from, []) if learned_from else []
        if questions is None:
            built, trial = _build(folder, silent=as_json), None
    if questions is not None:
        with deployment(data_dir, DATABASE):
            check_installed()
            from footnote.tune import Plan

            with said():
                built = _build(folder, silent=as_json)
            plan = Plan(kb=KnowledgeBaseId(knowledge_base), questions=asked, seed=seed)
            trial = _judge(plan, built, learned, silent=as_json)
    if as_json:
        print_json(as_json_value(built, trial))
    else:
        print_encoder(built, trial, kb=knowledge_base, told_what_it_learned=bool(learned_from))


def _build(folder: Path, *, silent: bool) -> "BuiltEncoder":
    from footnote import bootstrap
    from footnote.embedding.build_encoder import build_encoder

    def report(line: str) -> None:
        if not silent:
            errors.print(line, style="dim", markup=False, highlight=False, soft_wrap=True)

    return build_encoder(folder, bootstrap.encoders(), report)


def _judge(
    plan: "Plan", built: "BuiltEncoder", learned: "list[Question]", *, silent: bool
) -> "EncoderTrial":
    from footnote import bootstrap
    from footnote.judge_encoder import Candidate, judge_encoder

    try:
        with _watched(silent=silent) as (embedded, searched):
            candidate = Candidate(
                encoder=bootstrap.embedder_of(built.built.model),
                learned_from=learned,
                embedded=embedded,
            )
            ports = bootstrap.encoder_ports()
            trial = judge_encoder(replace(plan, searched=searched), candidate, ports)
    except KeyboardInterrupt as interrupt:
        errors.print("Stopped. What was embedded stays; the same command goes on with the rest.")
        raise typer.Exit(_INTERRUPTED) from interrupt
    bootstrap.encoder_verdicts().keep(plan.kb, trial.kept)
    return trial


type Step = Callable[[int, int], None]


@contextmanager
def _watched(*, silent: bool) -> Iterator[tuple[Step, Callable[[int], None]]]:
    """A bar of chunks that are embedded, and below it one of searches, each from its first on."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, disable=silent) as progress:
        chunks, searches = (
            progress.add_task(name, total=None, visible=False)
            for name in ("embedding chunks", "searching")
        )

        def embedded(done: int, total: int) -> None:
            progress.update(chunks, completed=done, total=max(done, total), visible=True)

        def searched(total: int) -> None:
            progress.update(searches, total=total, advance=1, visible=True)

        yield embedded, searched
