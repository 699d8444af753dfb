"""A whole knowledge base out of one file: checked to its end first, then all of it or nothing."""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.drift import CurrentObject
from footnote.domain.errors import UnprocessableError
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.embedding.port import Embedder, Embedders
from footnote.imported_documents import Documents, KeptEmbeddings, Shelf
from footnote.imported_lines import Others
from footnote.transfer.knowledge_lines import ChunkLine, DocumentLine, IndexLine
from footnote.transfer.lines import Header
from footnote.transfer.naming import Naming
from footnote.transfer.port import ImportReport, ImportRows
from footnote.transfer.reading import Read, read_export, refuse


class Prepared(Protocol):
    """An empty knowledge base."""

    @property
    def index(self) -> SearchIndex | None:
        """The index to be filled, if there is one in the file."""
        ...

    @property
    def made(self) -> bool:
        """Whether the knowledge base was not there before."""
        ...


class ImportedKnowledgeBase(Protocol):
    """Where an import goes."""

    def prepare(self, kb: KnowledgeBaseId, form: IndexForm | None, *, merge: bool) -> Prepared:
        """Make an empty knowledge base, or find the one to add to."""
        ...

    def all_or_nothing(
        self, kb: KnowledgeBaseId, index: SearchIndex | None, *, merge: bool
    ) -> AbstractContextManager[ImportRows]:
        """Rows that are seen all at once, at its end."""
        ...

    def abandon(self, kb: KnowledgeBaseId) -> None:
        """Take an empty knowledge base away again."""
        ...


class Listed(Protocol):
    """The bucket that the documents' files are to be in."""

    def listing(self, prefix: str) -> Iterator[CurrentObject]:
        """What every key holds now, in order of keys."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPorts:
    """What importing needs: `form` is what knowledge bases are made with here.

    Without a bucket every file counts as not seen.
    """

    knowledge_bases: ImportedKnowledgeBase
    bucket: Listed | None
    form: IndexForm
    embedders: Embedders
    kept: KeptEmbeddings


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to import, and how.

    `embed_anew`: with this deployment's model, where the file's is another one. `share_embeddings`:
    the file is trusted, and its embeddings serve every knowledge base from now on.
    """

    path: Path
    name: KnowledgeBaseId | None = None
    merge: bool = False
    embed_anew: bool = False
    share_embeddings: bool = False


def check(request: ImportRequest, ports: ImportPorts, report: ImportReport) -> Generator[int]:
    """Read the whole file without writing anything; tells the number of each line.

    Raises:
        UnprocessableError: it cannot be read to its end, or its embeddings are of another model.
    """
    for read in _opened(request.path):
        if isinstance(read.line, Header):
            report.header = read.line
            told = KnowledgeBaseId(read.line.knowledge_base)
            report.knowledge_base = request.name or told
        elif isinstance(read.line, IndexLine):
            report.index = read.line
            form_of(read.line, request, ports)
        elif isinstance(read.line, ChunkLine) and report.index is None:
            refuse(read.number, "there are chunks, and no index that they are of")
        report.counts[read.line.kind] += 1
        yield read.number


def form_of(line: IndexLine, request: ImportRequest, ports: ImportPorts) -> IndexForm:
    """What the index is to be made with.

    Raises:
        UnprocessableError: the file's model is not the one that embeds here.
    """
    told = IndexForm(model=line.model, dimension=line.dimension, chunk_chars=line.chunk_chars)
    if (line.model, line.dimension) == (ports.form.model, ports.form.dimension):
        return told
    if request.embed_anew:
        return replace(ports.form, chunk_chars=line.chunk_chars)
    message = (
        f"the file's embeddings are of {line.model}, and here {ports.form.model} embeds:"
        " --embed-anew has it embed every chunk, or set FOOTNOTE_EMBEDDING_MODEL to the file's"
    )
    raise UnprocessableError(message)


def import_knowledge_base(
    request: ImportRequest, ports: ImportPorts, report: ImportReport
) -> Generator[int]:
    """Write what `check` found good; tells the number of each line that was written.

    Nothing is seen of it before all is there. Whatever keeps it from ending leaves nothing behind
    but embeddings that were made anew, which the next try finds.

    Raises:
        UnprocessableError: there is something there already, or Postgres refuses a line.
        TransientError: Postgres, the bucket or the embedding model cannot be reached.
    """
    kb = report.knowledge_base
    form = form_of(report.index, request, ports) if report.index else None
    prepared = ports.knowledge_bases.prepare(kb, form, merge=request.merge)
    done = False
    try:
        with ports.knowledge_bases.all_or_nothing(kb, prepared.index, merge=request.merge) as rows:
            yield from _write(request, ports, report, rows, prepared.index)
        done = True
    finally:
        if prepared.made and not done:
            ports.knowledge_bases.abandon(kb)


def _write(
    request: ImportRequest,
    ports: ImportPorts,
    report: ImportReport,
    rows: ImportRows,
    index: SearchIndex | None,
) -> Iterator[int]:
    header = report.header
    if header is None:
        return
    naming = Naming(KnowledgeBaseId(header.knowledge_base), report.knowledge_base)
    listing = ports.bucket.listing(naming.prefix()) if ports.bucket else iter(())
    documents = Documents(
        rows=rows,
        index=index,
        naming=naming,
        shelf=Shelf(listing),
        embedder=_embedder_for(report, index, ports),
        kept=ports.kept,
        report=report,
        share=ports.kept.keep if request.share_embeddings else None,
    )
    others = Others(rows=rows, index=index, naming=naming, report=report, merge=request.merge)
    for read in _opened(request.path):
        if isinstance(read.line, DocumentLine | ChunkLine):
            documents.take(read.number, read.line, read.size)
        else:
            documents.finish()
            others.take(read.number, read.line, read.size)
        yield read.number
    documents.finish()
    others.finish()


def _embedder_for(
    report: ImportReport, index: SearchIndex | None, ports: ImportPorts
) -> Embedder | None:
    """What embeds anew; None where the file's embeddings are taken."""
    if index is None or report.index is None or index.form.model == report.index.model:
        return None
    return ports.embedders(index.form.model)


def _opened(path: Path) -> Iterator[Read]:
    try:
        yield from read_export(path)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise UnprocessableError(message) from error
