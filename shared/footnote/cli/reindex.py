"""`footnote reindex`: another embedding model or chunk size, built beside the one that answers."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from footnote.cli.indexes import show_indexes
from footnote.cli.operations import DataDir, deployment
from footnote.cli.output import (
    AsJson,
    KnowledgeBase,
    errors,
    print_error,
)
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import CHUNK_CHARS, IndexForm, SearchIndex
from footnote.evaluate import SEARCHED
from footnote.reindex import (
    Verdicts,
    against_answering,
    against_building,
    begin,
    build,
    searched,
)

if TYPE_CHECKING:
    from footnote.evaluation.measuring import Compared

type Rule = Callable[[KnowledgeBaseId, str, str, Verdicts], str | None]

_INTERRUPTED = 130
_NEEDED = (
    ("FOOTNOTE_DATABASE_URL", "FOOTNOTE_DATABASE_SECRET_ARN"),
    ("FOOTNOTE_WORK_QUEUE_URL",),
)


class Quantization(StrEnum):
    """What the vector index of a model holds."""

    BINARY = "binary"
    NONE = "none"


def reindex(
    knowledge_base: KnowledgeBase = "default",
    embedding_model: Annotated[
        str | None,
        typer.Option(
            help="`local`, a hosted model with its length (text-embedding-3-small/1536), or an "
            "encoder that `footnote tune encoder` built."
        ),
    ] = None,
    chunk_chars: Annotated[int, typer.Option(min=200, max=1600)] = CHUNK_CHARS,
    questions: Annotated[
        Path | None,
        typer.Option(
            exists=True, help="A question set as `footnote eval` takes it: compares both indexes."
        ),
    ] = None,
    switch: Annotated[
        bool, typer.Option("--switch", help="Answer from the new index once it is complete.")
    ] = False,
    back: Annotated[
        bool, typer.Option("--back", help="Answer from the other index again.")
    ] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Remove the index that does not answer.")] = (
        False
    ),
    quantize: Annotated[
        Quantization | None,
        typer.Option(
            help="`binary`: the vector index holds one bit of each float, and what it finds is "
            "ranked anew; `none`: the floats again. It counts for every index of the same model."
        ),
    ] = None,
    although_not_better: Annotated[
        bool,
        typer.Option("--although-not-better", help="Also an encoder that did not pass the gate."),
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Change the embedding model or the chunk size of a knowledge base without downtime.

    With --embedding-model the new index is built beside the one that answers; Ctrl-C is safe, the
    same command goes on. Without any option it shows the indexes that there are. An encoder of
    your own answers where `footnote tune encoder` has shown that it finds more.
    """
    from footnote import bootstrap

    kb = KnowledgeBaseId(knowledge_base)
    with deployment(data_dir, *_NEEDED):
        compared: list[Compared] = []
        if embedding_model:
            form = bootstrap.form_of(embedding_model, chunk_chars)
            _heed(against_building, kb, form.model, insisted=although_not_better)
            compared = _build(kb, form, questions, as_json=as_json)
        if switch or back:
            _switch(kb, insisted=although_not_better)
        if drop:
            _drop(kb)
        if quantize:
            _quantize(kb, quantize)
        show_indexes(kb, compared, as_json=as_json)


def _heed(rule: Rule, kb: KnowledgeBaseId, model: str, *, insisted: bool) -> None:
    """End the command where the gate speaks against a model, or say so where somebody insists."""
    from footnote import bootstrap

    answering = [found for found, active in bootstrap.reindexing().all_of(kb) if active]
    if not answering:
        return
    why = rule(kb, model, answering[0].form.model, bootstrap.encoder_verdicts())
    if why and not insisted:
        message = f"{why}; --although-not-better goes against that"
        raise UnprocessableError(message)
    if why:
        print_error(f"Although {why}.")


def _build(
    kb: KnowledgeBaseId, form: IndexForm, questions: Path | None, *, as_json: bool
) -> "list[Compared]":
    from footnote import bootstrap
    from footnote.evaluation.bootstrap import Resampling
    from footnote.evaluation.measuring import compare
    from footnote.evaluation.question_set import read_question_set

    asked = read_question_set(questions) if questions else []
    ports = bootstrap.reindex_ports()
    index = begin(kb, form, ports)
    try:
        with Progress(console=errors, disable=as_json) as progress:
            task = progress.add_task("building", total=None)
            for built in build(index, ports):
                progress.update(task, completed=built.done, total=built.total)
    except KeyboardInterrupt as interrupt:
        errors.print("Stopped. What was built stays; the same command goes on with the rest.")
        raise typer.Exit(_INTERRUPTED) from interrupt
    old = next(found for found, active in bootstrap.reindexing().all_of(kb) if active)
    if not asked or old == index:
        return []
    return compare(
        searched(asked, _search_in(old)), searched(asked, _search_in(index)), Resampling()
    )


def _search_in(index: SearchIndex) -> Callable[[str], Retrieval]:
    from footnote import bootstrap
    from footnote.retrieve import search_index

    ports = bootstrap.retrieve_ports()
    return lambda question: search_index(question, index, SEARCHED, ports)


def _switch(kb: KnowledgeBaseId, *, insisted: bool) -> None:
    from footnote import bootstrap

    other = _other(kb)
    _heed(against_answering, kb, other.form.model, insisted=insisted)
    bootstrap.reindexing().switch(other)


def _quantize(kb: KnowledgeBaseId, quantization: Quantization) -> None:
    from footnote import bootstrap

    indexes = bootstrap.reindexing()
    answering = [found for found, active in indexes.all_of(kb) if active]
    if not answering:
        message = f"there is no knowledge base {kb} with documents"
        raise NotFoundError(message)
    with errors.status("building the vector index; searches and uploads go on"):
        indexes.quantize(answering[0], quantized=quantization is Quantization.BINARY)


def _drop(kb: KnowledgeBaseId) -> None:
    from footnote import bootstrap

    bootstrap.reindexing().drop(_other(kb))


def _other(kb: KnowledgeBaseId) -> SearchIndex:
    from footnote import bootstrap

    others = [found for found, active in bootstrap.reindexing().all_of(kb) if not active]
    if not others:
        message = f"{kb} has one index only; build another with --embedding-model"
        raise UnprocessableError(message)
    return others[0]
