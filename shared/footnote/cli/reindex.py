"""`footnote reindex`: another embedding model or chunk size, built beside the one that answers."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from footnote.cli.operations import DataDir, deployment
from footnote.cli.output import AsJson, KnowledgeBase, console, errors, plain_table, print_json
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import CHUNK_CHARS, SearchIndex
from footnote.evaluate import SEARCHED
from footnote.reindex import begin, build, searched

if TYPE_CHECKING:
    from footnote.evaluation.measuring import Compared

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
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Change the embedding model or the chunk size of a knowledge base without downtime.

    With --embedding-model the new index is built beside the one that answers; Ctrl-C is safe, the
    same command goes on. Without any option it shows the indexes that there are.
    """
    kb = KnowledgeBaseId(knowledge_base)
    with deployment(data_dir, *_NEEDED):
        compared: list[Compared] = []
        if embedding_model:
            compared = _build(kb, embedding_model, chunk_chars, questions, as_json=as_json)
        if switch or back:
            _switch(kb)
        if drop:
            _drop(kb)
        if quantize:
            _quantize(kb, quantize)
        _show(kb, compared, as_json=as_json)


def _build(
    kb: KnowledgeBaseId, model: str, chunk_chars: int, questions: Path | None, *, as_json: bool
) -> "list[Compared]":
    from footnote import bootstrap
    from footnote.evaluation.bootstrap import Resampling
    from footnote.evaluation.measuring import compare
    from footnote.evaluation.question_set import read_question_set

    asked = read_question_set(questions) if questions else []
    ports = bootstrap.reindex_ports()
    index = begin(kb, bootstrap.form_of(model, chunk_chars), ports)
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


def _switch(kb: KnowledgeBaseId) -> None:
    from footnote import bootstrap

    bootstrap.reindexing().switch(_other(kb))


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


def _show(kb: KnowledgeBaseId, compared: "list[Compared]", *, as_json: bool) -> None:
    from footnote import bootstrap
    from footnote.cli.figures import difference_table, differences_json

    indexes = bootstrap.reindexing()
    rows = [(found, active, indexes.progress(found)) for found, active in indexes.all_of(kb)]
    if as_json:
        listed = [
            {
                "index": found.index_id,
                "embedding_model": found.form.model,
                "chunk_chars": found.form.chunk_chars,
                "quantized": found.quantized,
                "active": active,
                "documents": built.done,
                "of": built.total,
            }
            for found, active, built in rows
        ]
        print_json(
            {"knowledge_base": kb, "indexes": listed, "compared": differences_json(compared)}
        )
        return
    heads = ("index", "embedding model", "chunk chars", "vectors", "documents", "answers")
    table = plain_table(*heads)
    for found, active, built in rows:
        documents = f"{built.done} of {built.total}"
        size, answers = str(found.form.chunk_chars), "yes" if active else "no"
        vectors = "bits" if found.quantized else "floats"
        table.add_row(str(found.index_id), found.form.model, size, vectors, documents, answers)
    console.print(table)
    if compared:
        console.print(difference_table(compared))
