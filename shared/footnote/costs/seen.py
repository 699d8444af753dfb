"""A deployment's own traffic, as its database tells it, in the form that a bill is made from."""

from dataclasses import dataclass, replace

from footnote.costs.measured import Measured
from footnote.costs.traffic import DAYS_A_MONTH, Traffic
from footnote.domain.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """So many days of a deployment: what was asked, what it holds and what changed in it."""

    days: float
    usage: Usage
    documents: int
    chunks: int
    database_bytes: int
    changed: int


def seen_traffic(seen: Seen, usual: Traffic) -> Traffic:
    """A month like these days; tokens are the usual ones where no model was called."""
    asked, called = seen.usage.asked, seen.usage.called
    traffic = replace(
        usual,
        questions_a_day=asked.questions / seen.days,
        documents=seen.documents,
        changed_a_month=round(seen.changed / seen.days * DAYS_A_MONTH),
        by_model=min(1.0, called.calls / asked.questions) if asked.questions else usual.by_model,
    )
    if not called.calls:
        return traffic
    return replace(
        traffic,
        input_tokens=called.input_tokens / called.calls,
        output_tokens=called.output_tokens / called.calls,
    )


def with_what_is_held(measured: Measured, seen: Seen) -> Measured:
    """The measurements, with this deployment's own chunks to a document and bytes to a chunk."""
    if not (seen.documents and seen.chunks):
        return measured
    chunks = seen.chunks / seen.documents
    grown = chunks / measured.document.chunks
    longer = {
        name: getattr(measured.document, name) * grown
        for name in ("bytes", "processor_ms", "database_ms", "wal_bytes")
    }
    return measured.model_copy(
        update={
            "document": measured.document.model_copy(update={"chunks": chunks, **longer}),
            "chunk": measured.chunk.model_copy(
                update={"database_bytes": seen.database_bytes / seen.chunks}
            ),
        }
    )
