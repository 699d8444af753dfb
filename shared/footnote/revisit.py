"""Questions that had no answer, looked at again once documents changed: no model is called for it.

As often as messages come, and by as many processes at once, it ends in the same state: what was
seen is written only where it still counts, and what was not finished is told to whoever called.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from footnote.answering.keeping import keep
from footnote.cascade import silently, write_answer
from footnote.cascade_ports import CascadePorts
from footnote.domain.deadline import Deadline
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.model import Plan
from footnote.domain.search_index import SearchIndex
from footnote.domain.unanswered import Cited, OpenQuestion
from footnote.embedding.port import Vector
from footnote.observability import logger
from footnote.retrieval.in_corpus import answerable
from footnote.retrieve import RetrievePorts, retrieve_embedded
from footnote.writing import Asked, task_of

# Looked at between two questions of what else there is; each takes about as long as an answer.
_TOGETHER = 20


class Visits(Protocol):
    """Which questions are to be looked at again."""

    def request(self, kbs: Sequence[KnowledgeBaseId] | None) -> list[KnowledgeBaseId]:
        """Note that documents changed (None: anywhere); which of these nobody was told of yet."""
        ...

    def begin(self, kb: KnowledgeBaseId) -> datetime:
        """Begin a visit: what changes from now on asks for the next."""
        ...

    def questions(self, index: SearchIndex, begun_at: datetime, limit: int) -> list[OpenQuestion]:
        """Questions near documents that changed, and those that lost what answered them."""
        ...

    def settle(
        self, kb: KnowledgeBaseId, cluster_id: str, cited: Sequence[Cited], begun_at: datetime
    ) -> None:
        """Close a cluster by the first new document of those cited, or leave it open."""
        ...

    def end(self, index: SearchIndex, begun_at: datetime) -> None:
        """All of a knowledge base was seen."""
        ...

    def foreign(self, index: SearchIndex, limit: int) -> list[tuple[str, str]]:
        """Clusters embedded by another model than the index has, and their texts."""
        ...

    def move(self, index: SearchIndex, cluster_id: str, embedding: Vector) -> None:
        """Keep the embedding of a cluster by the model of the index."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitPorts:
    """What looking at questions again needs from outside."""

    visits: Visits
    retrieve: RetrievePorts
    cascade: CascadePorts


def revisit(
    kb: KnowledgeBaseId, begun_at: datetime, ports: RevisitPorts, deadline: Deadline
) -> bool:
    """Close what documents answer by now, and open what they do not answer any more.

    Returns:
        Whether all was seen in time; else it goes on where it stopped when it is called again as
        begun at the same time.

    Raises:
        TransientError: the database or the embedding model is down.
        ModelRefusedError: the model endpoint rejects the request.
    """
    index = ports.retrieve.indexes.fresh(kb)
    if not index.index_id:
        return True  # nothing was ever uploaded
    _move(index, ports)
    while questions := ports.visits.questions(index, begun_at, _TOGETHER):
        for one in questions:
            if not deadline.left():
                return False
            cited = _cited(one, index, ports, deadline)
            ports.visits.settle(kb, one.cluster_id, cited, begun_at)
    ports.visits.end(index, begun_at)
    return True


def _move(index: SearchIndex, ports: RevisitPorts) -> None:
    """Vectors of two models are never compared."""
    embedder = ports.retrieve.embedders(index.form.model)
    while foreign := ports.visits.foreign(index, _TOGETHER):
        vectors = embedder.embed([text for _, text in foreign])
        for (cluster_id, _), vector in zip(foreign, vectors, strict=True):
            ports.visits.move(index, cluster_id, vector)


def _cited(
    one: OpenQuestion, index: SearchIndex, ports: RevisitPorts, deadline: Deadline
) -> tuple[Cited, ...]:
    """What an answer of today would cite; nothing where it would be declined.

    Decided as `ask` decides it, with extracts for an answer: they cost nothing.
    """
    found = retrieve_embedded(one.question, index, list(one.embedding), ports.retrieve)
    if not answerable(found):
        return ()
    asked = Asked(question=one.question, plan=Plan(steps=()), found=found, transcript=None)
    task = task_of(asked)
    written = silently(write_answer(task, ports.cascade, deadline))
    kept = keep(written.answer, task.prompt.passages, written.model, None)
    logger.info("looked at again", cluster=one.cluster_id, citations=len(kept.citations))
    return tuple(
        Cited(document_id=one.document_id, quote=one.quote, content_hash=one.chunks[0])
        for one in kept.citations
    )
