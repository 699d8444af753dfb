"""Short ways to export a knowledge base from one database and import it into another."""

import gzip
import json
import os
import signal
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.search_index import IndexForm
from footnote.embedding.port import Embedder
from footnote.export_knowledge_base import (
    ExportPorts,
    ExportRequest,
    Totals,
    export_knowledge_base,
)
from footnote.import_knowledge_base import (
    ImportPorts,
    ImportRequest,
    Listed,
    check,
    import_knowledge_base,
)
from footnote.postgres.connection import Database
from footnote.postgres.exported import PostgresExport
from footnote.postgres.imported import PostgresImport
from footnote.postgres.index import PostgresEmbeddings
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.transfer.port import ImportReport
from footnote.transfer.writing import write_export
from tests.fakes import FakeEmbedder

FORM = IndexForm(model=FakeEmbedder.model, dimension=384)

type Record = dict[str, Any]


def export_to(
    path: Path,
    database: Database,
    kb: str = "help",
    *,
    with_questions: bool = True,
    retention_days: int = 36500,
) -> list[str]:
    """Write a file, in pages of two; tells the kind of each line."""
    ports = ExportPorts(
        knowledge_bases=PostgresExport(database, page=2),
        bucket="documents",
        version="1",
        retention_days=retention_days,
    )
    request = ExportRequest(
        knowledge_base=KnowledgeBaseId(kb),
        path=path,
        at=datetime.now(UTC),
        with_questions=with_questions,
    )
    return list(export_knowledge_base(request, ports, Totals()))


@dataclass
class Importing:
    """A deployment to import into."""

    database: Database
    bucket: Listed | None = None
    form: IndexForm = FORM
    embedder: Embedder = field(default_factory=FakeEmbedder)

    @property
    def ports(self) -> ImportPorts:
        indexes = PostgresSearchIndexes(self.database, self.form)
        return ImportPorts(
            knowledge_bases=PostgresImport(self.database, indexes),
            bucket=self.bucket,
            form=self.form,
            embedders=lambda _: self.embedder,
            kept=PostgresEmbeddings(self.database),
        )

    def take(
        self, path: Path, *, until: int | None = None, killed: bool = False, **how: Any
    ) -> ImportReport:
        """Import a file; interrupted after the line `until`, where given, or its process killed."""
        request = replace(ImportRequest(path=path), **how)
        report = ImportReport(KnowledgeBaseId(""))
        for _ in check(request, self.ports, report):
            pass
        with closing(import_knowledge_base(request, self.ports, report)) as numbers:
            for number in numbers:
                if number == until:
                    if killed:
                        os.kill(os.getpid(), signal.SIGKILL)
                    raise KeyboardInterrupt
        return report


def lines_of(path: Path) -> list[Record]:
    """Every line of a file."""
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def changed(path: Path, change: Callable[[list[Record]], object]) -> Path:
    """A file of the same lines with a change, and an end that fits them."""
    lines = lines_of(path)[:-1]
    change(lines)
    made = path.with_name("changed.jsonl.gz")
    made.unlink(missing_ok=True)
    list(write_export(made, lines))
    return made
