"""The indexes of a knowledge base, for people and for programs."""

from typing import TYPE_CHECKING

from footnote.cli.output import console, plain_table, print_json
from footnote.domain.document import KnowledgeBaseId

if TYPE_CHECKING:
    from footnote.evaluation.measuring import Compared


def show_indexes(kb: KnowledgeBaseId, compared: "list[Compared]", *, as_json: bool) -> None:
    """How far each is, which one answers, and what the newer one finds beside it."""
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
