"""A whole knowledge base into one file that needs nothing of this deployment."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.transfer.writing import write_export


class ExportedKnowledgeBase(Protocol):
    """What is there to export."""

    def lines(
        self, kb: KnowledgeBaseId, header: Mapping[str, object], asked_after: datetime | None
    ) -> Iterator[dict[str, Any]]:
        """Every line but the last, of one moment; no questions where `asked_after` is None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPorts:
    """What exporting needs: `retention_days` after which questions are forgotten (0: at once)."""

    knowledge_bases: ExportedKnowledgeBase
    bucket: str
    version: str
    retention_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What to export, and where to."""

    knowledge_base: KnowledgeBaseId
    path: Path
    at: datetime
    with_questions: bool = True


@dataclass(slots=True)
class Totals:
    """How much there is, once the first line is known."""

    lines: int = 0


def export_knowledge_base(
    request: ExportRequest, ports: ExportPorts, totals: Totals
) -> Generator[str]:
    """Write the file, and tell the kind of each line as it is written.

    Questions that are to be forgotten by now are left out, whether they are or not.

    Raises:
        UnprocessableError: the file exists, or cannot be written.
        NotFoundError: there is no such knowledge base.
        DatabaseUnavailableError: Postgres cannot be reached.
    """
    header = {
        "footnote": ports.version,
        "exported_at": request.at,
        "bucket": ports.bucket,
    }
    oldest = request.at - timedelta(days=ports.retention_days)
    asked_after = oldest if request.with_questions else None
    lines = ports.knowledge_bases.lines(request.knowledge_base, header, asked_after)
    try:
        yield from write_export(request.path, _counted(lines, totals))
    except FileExistsError as error:
        message = f"{request.path} exists already; name another file, or remove it first"
        raise UnprocessableError(message) from error
    except OSError as error:
        message = f"{request.path} cannot be written: {error.strerror or error}"
        raise UnprocessableError(message) from error


def _counted(lines: Iterator[dict[str, Any]], totals: Totals) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line["kind"] == "header":
            totals.lines = sum(line[name] for name in ("documents", "chunks", "questions"))
        yield line
