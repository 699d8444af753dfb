"""`footnote reindex`: another embedding model or chunk size, built beside the one that answers."""

import json
import random
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from footnote.cli.operations import DataDir, deployment
from footnote.cli.output import AsJson, KnowledgeBase, console, errors, plain_table, print_json
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import CHUNK_CHARS, IndexForm, SearchIndex
from footnote.reindex import Comparison, Question, build, compare

_NEEDED = (
    ("FOOTNOTE_DATABASE_URL", "FOOTNOTE_DATABASE_SECRET_ARN"),
    ("FOOTNOTE_WORK_QUEUE_URL",),
)
_RESAMPLES = 2000
_SEARCHED = 20


def reindex(
    knowledge_base: KnowledgeBase = "default",
    embedding_model: Annotated[
        str | None,
        typer.Option(
            help="`local`, or a hosted model with its length: text-embedding-3-small/1536."
        ),
    ] = None,
    chunk_chars: Annotated[int, typer.Option(min=200, max=1600)] = CHUNK_CHARS,
    questions: Annotated[
        Path | None,
        typer.Option(exists=True, help="JSON lines {question, gold_docs}: compares both indexes."),
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
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Change the embedding model or the chunk size of a knowledge base without downtime.

    With --embedding-model the new index is built beside the one that answers; Ctrl-C is safe, the
    same command goes on. Without any option it shows the indexes that there are.
    """
    kb = KnowledgeBaseId(knowledge_base)
    with deployment(data_dir, *_NEEDED):
        compared = None
        if embedding_model:
            compared = _build(kb, embedding_model, chunk_chars, questions, as_json=as_json)
        if switch or back:
            _switch(kb)
        if drop:
            _drop(kb)
        _show(kb, compared, as_json=as_json)


def _build(
    kb: KnowledgeBaseId, model: str, chunk_chars: int, questions: Path | None, *, as_json: bool
) -> Comparison | None:
    from footnote import bootstrap

    ports = bootstrap.reindex_ports()
    index = ports.indexes.begin(kb, _form(model, chunk_chars))
    with Progress(console=errors, disable=as_json) as progress:
        task = progress.add_task("building", total=None)
        for built in build(index, ports):
            progress.update(task, completed=built.done, total=built.total)
    old = next(found for found, active in bootstrap.reindexing().all_of(kb) if active)
    if questions is None or old == index:
        return None
    asked = _questions(questions)
    return compare(asked, _search_in(old), _search_in(index))


def _form(model: str, chunk_chars: int) -> IndexForm:
    from footnote.embedding.model_folder import DIMENSION, MODEL
    from footnote.embedding.names import full_name, name_and_dimension

    if model in {"local", MODEL}:
        return IndexForm(model=MODEL, dimension=DIMENSION, chunk_chars=chunk_chars)
    name, dimension = name_and_dimension(model)
    return IndexForm(model=full_name(name, dimension), dimension=dimension, chunk_chars=chunk_chars)


def _search_in(index: SearchIndex) -> Callable[[str], Retrieval]:
    from footnote import bootstrap
    from footnote.retrieve import search_index

    ports = bootstrap.ask_ports().retrieve
    return lambda question: search_index(question, index, _SEARCHED, ports)


def _questions(path: Path) -> list[Question]:
    try:
        rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        asked = [
            Question(text=row["question"], gold=tuple(row["gold_docs"]))
            for row in rows
            if row.get("gold_docs")
        ]
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path} is no question set: a line needs question and gold_docs ({error})"
        raise UnprocessableError(message) from error
    if not asked:
        message = f"{path} names the documents of no question (gold_docs)"
        raise UnprocessableError(message)
    return asked


def _switch(kb: KnowledgeBaseId) -> None:
    from footnote import bootstrap

    bootstrap.reindexing().switch(_other(kb))


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


def _show(kb: KnowledgeBaseId, compared: Comparison | None, *, as_json: bool) -> None:
    from footnote import bootstrap

    indexes = bootstrap.reindexing()
    rows = [(found, active, indexes.progress(found)) for found, active in indexes.all_of(kb)]
    told = _told(compared) if compared else None
    if as_json:
        listed = [
            {
                "index": found.index_id,
                "embedding_model": found.form.model,
                "chunk_chars": found.form.chunk_chars,
                "active": active,
                "documents": built.done,
                "of": built.total,
            }
            for found, active, built in rows
        ]
        print_json({"knowledge_base": kb, "indexes": listed, "compared": told})
        return
    table = plain_table("index", "embedding model", "chunk chars", "documents", "answers")
    for found, active, built in rows:
        documents = f"{built.done} of {built.total}"
        size, answers = str(found.form.chunk_chars), "yes" if active else "no"
        table.add_row(str(found.index_id), found.form.model, size, documents, answers)
    console.print(table)
    if told:
        console.print(_sentence(told), highlight=False, soft_wrap=True)


def _told(compared: Comparison) -> dict[str, float | int | str]:
    """Hit@1 and MRR of both, and a 95 % interval of the difference in MRR, paired by question."""
    pairs = list(zip(compared.old, compared.new, strict=True))
    source = random.Random(0)  # noqa: S311 - the same interval each time
    means = sorted(
        statistics.fmean(new - old for old, new in source.choices(pairs, k=len(pairs)))
        for _ in range(_RESAMPLES)
    )
    low, high = means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES)]
    verdict = "better" if low > 0 else "worse" if high < 0 else "cannot tell"
    return {
        "questions": len(pairs),
        "hit_at_1_old": round(statistics.fmean(rank == 1 for rank in compared.old), 3),
        "hit_at_1_new": round(statistics.fmean(rank == 1 for rank in compared.new), 3),
        "mrr_old": round(statistics.fmean(compared.old), 3),
        "mrr_new": round(statistics.fmean(compared.new), 3),
        "mrr_difference_low": round(low, 3),
        "mrr_difference_high": round(high, 3),
        "verdict": verdict,
    }


def _sentence(told: dict[str, float | int | str]) -> str:
    return (
        f"{told['questions']} questions: MRR {told['mrr_old']} -> {told['mrr_new']}, "
        f"hit@1 {told['hit_at_1_old']} -> {told['hit_at_1_new']}; difference in MRR between "
        f"{told['mrr_difference_low']} and {told['mrr_difference_high']} (95 %): {told['verdict']}."
    )
