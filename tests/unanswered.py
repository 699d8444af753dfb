"""Short ways to have questions not answered, with embeddings of the model that ships."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from footnote.ask import Reply, ask
from footnote.ask_ports import AskPorts
from footnote.domain.answer import NO_TOKENS
from footnote.domain.chunk import Chunk, content_hash
from footnote.domain.document import DocumentStatus, KnowledgeBaseId, ObjectVersion
from footnote.domain.feedback import Feedback, Rating
from footnote.domain.filter import Filter
from footnote.domain.generation import Generation, IndexedDocument
from footnote.domain.ledger import LedgerEntry
from footnote.domain.question import QuestionId
from footnote.domain.search_index import IndexForm
from footnote.domain.unanswered import Cluster, ClusterState
from footnote.embedding.port import Embedder
from footnote.generation.extractive import ExtractiveGenerator
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.feedback import PostgresFeedback
from footnote.postgres.index import PostgresIndex
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.search_indexes import PostgresSearchIndexes, ensure_model
from footnote.postgres.unanswered import PostgresUnanswered
from footnote.retrieval.last_known import LastKnownIndexes
from footnote.retrieval.terms import term_counts
from tests.asking import KB, ask_ports, asked, seconds


@dataclass
class Desk:
    """A knowledge base, the people who ask it, and whoever looks at what they did not get."""

    database: Database
    embedder: Embedder
    kb: KnowledgeBaseId = KB
    _ticks: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.database.transaction() as connection:
            ensure_model(connection, self.form)

    @property
    def form(self) -> IndexForm:
        return IndexForm(model=self.embedder.model, dimension=self.embedder.dimension)

    @property
    def ports(self) -> AskPorts:
        ports = ask_ports(self.database, embedders=lambda _: self.embedder)
        indexes = LastKnownIndexes(PostgresSearchIndexes(self.database, self.form))
        return replace(
            ports,
            retrieve=replace(ports.retrieve, indexes=indexes),
            cascade=replace(
                ports.cascade, extractive=ExtractiveGenerator(self.embedder.embed, term_counts)
            ),
            ledger=PostgresLedger(self.database),
        )

    def ask(self, text: str, *, wanted: Filter | None = None) -> Reply:
        question = replace(asked(text, kb=self.kb), filter=wanted)
        return ask(question, self.ports, seconds(20))

    def declined(self, *texts: str) -> None:
        """Records questions that were declined, without asking them."""
        for text, vector in zip(texts, self.embedder.embed(texts), strict=True):
            PostgresLedger(self.database).record(self.entry(text, vector))

    def entry(self, text: str, vector: Sequence[float] | None) -> LedgerEntry:
        return LedgerEntry(
            question=asked(text, kb=self.kb),
            asked_at=datetime.now(UTC),
            status="declined",
            model="none",
            checkpoint=None,
            fallback=None,
            cached=False,
            degraded=None,
            in_corpus=0.1,
            usage=NO_TOKENS,
            cost_usd=None,
            timings_ms={},
            calls=(),
            embedding_model=self.embedder.model,
            embedding=vector,
        )

    def vote(self, question_id: str, rating: Rating) -> None:
        given = Feedback(question_id=QuestionId(question_id), rating=rating)
        assert PostgresFeedback(self.database).give(given, [self.kb])

    def publish(
        self, key: str, *texts: str, attributes: dict[str, object] | None = None
    ) -> ObjectVersion:
        """A document of these chunks; none: it is deleted."""
        tick = self._ticks[key] = self._ticks.get(key, 0) + 1
        version = ObjectVersion(
            bucket="b",
            key=f"{self.kb}/{key}",
            sequencer=f"{tick:04X}",
            version_id=f"v{tick}",
            event_time=datetime.now(UTC),
        )
        claim = PostgresDocuments(self.database).claim(version)
        (index,) = PostgresSearchIndexes(self.database, self.form).current(self.kb)
        hashes = tuple(content_hash(text) for text in texts)
        chunks = tuple(
            Chunk(ordinal=at, text=text, heading_path=(key,), page=at + 1, start=0, end=len(text))
            for at, text in enumerate(texts)
        )
        vectors = dict(zip(hashes, self.embedder.embed(texts), strict=True)) if texts else {}
        part = IndexedDocument(
            index=index, names=(), chunks=chunks, hashes=hashes, embeddings=vectors
        )
        generation = Generation(
            status=DocumentStatus.READY if texts else DocumentStatus.DELETED,
            version_id=version.version_id if texts else None,
            title=key if texts else None,
            attributes=attributes or {},
            indexed=(part,) if texts else (),
        )
        assert PostgresIndex(self.database).publish(version, claim, generation)
        return version

    def clusters(self, state: ClusterState | None = None) -> list[Cluster]:
        found = PostgresUnanswered(self.database)
        return found.page(self.kb, state=state, after=None, limit=100)
