"""The points at which work touches the outside: where it ends, or where something else happens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from footnote.domain.document import ObjectVersion
from footnote.domain.element import Element, ElementKind, PartitionedDocument
from footnote.domain.errors import FailedDocumentError, SkippedDocumentError
from footnote.domain.generation import Generation
from footnote.domain.order import Claim, Verdict
from footnote.draft_embeddings import KeptEmbeddings
from footnote.embedding.port import Vector
from footnote.inbox.objects import StoredObject
from footnote.inbox.work import WorkMessage
from footnote.ingest import Index
from footnote.postgres.documents import PostgresDocuments
from tests.delivery.model_bucket import ModelBucket
from tests.fakes import FakeEmbedder

POINTS = (
    *("admit", "admitted", "send", "sent", "claim", "claimed", "fetch", "fetched", "partition"),
    *("embed", "embedded", "kept", "publish", "published"),
)
NO_TEXT = b"\xff no text"


class Crash(BaseException):
    """The process ended here."""


@dataclass
class Failpoints:
    """What is to happen once, at which point."""

    armed: tuple[str, Callable[[], None]] | None = None

    def reach(self, point: str) -> None:
        if self.armed and self.armed[0] == point:
            (_, happen), self.armed = self.armed, None
            happen()


def crash() -> None:
    raise Crash


@dataclass
class Documents:
    """The fence, with a point on either side of each call."""

    points: Failpoints
    real: PostgresDocuments

    def admit(self, versions: Sequence[ObjectVersion]) -> list[Verdict]:
        self.points.reach("admit")
        verdicts = self.real.admit(versions)
        self.points.reach("admitted")
        return verdicts

    def claim(self, version: ObjectVersion) -> Claim:
        self.points.reach("claim")
        claim = self.real.claim(version)
        self.points.reach("claimed")
        return claim

    def report_trouble(self, key: str, claim: Claim, reason: str) -> None:
        self.real.report_trouble(key, claim, reason)


@dataclass
class Outside:
    """Bucket, parser and index, with points around each call."""

    points: Failpoints
    bucket: ModelBucket
    index: Index

    def fetch(self, key: str, *, max_bytes: int) -> StoredObject | None:
        self.points.reach("fetch")
        stored = self.bucket.fetch(key, max_bytes=max_bytes)
        self.points.reach("fetched")
        return stored

    def partition(self, content: bytes, filename: str) -> PartitionedDocument:
        del filename
        self.points.reach("partition")
        return partition(content)

    def publish(self, version: ObjectVersion, claim: Claim, generation: Generation) -> bool:
        self.points.reach("publish")
        published = self.index.publish(version, claim, generation)
        self.points.reach("published")
        return published


def partition(content: bytes) -> PartitionedDocument:
    """A document of paragraphs, unless it is empty or the one that cannot be read."""
    if not content:
        message = "the file is empty"
        raise SkippedDocumentError(message)
    if content == NO_TEXT:
        message = "the file holds no text"
        raise FailedDocumentError(message)
    paragraphs = content.decode().split("\n\n")
    return PartitionedDocument(
        elements=tuple(Element(kind=ElementKind.TEXT, text=text) for text in paragraphs)
    )


class Embedder(FakeEmbedder):
    """A model, with a point on either side of its call."""

    points: Failpoints

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.points.reach("embed")
        vectors = super().embed(texts)
        self.points.reach("embedded")
        return vectors


@dataclass
class Kept:
    """Embeddings that were paid for, with a point behind keeping them."""

    points: Failpoints
    real: KeptEmbeddings

    def find(self, model_id: int, hashes: Sequence[bytes]) -> Mapping[bytes, Sequence[float]]:
        return self.real.find(model_id, hashes)

    def keep(self, model_id: int, vectors: Mapping[bytes, Sequence[float]]) -> None:
        self.real.keep(model_id, vectors)
        self.points.reach("kept")


@dataclass(eq=False)
class Message:
    """One of possibly several that say the same."""

    body: str


@dataclass
class Queue:
    """Messages that wait; what is sent comes in behind them."""

    points: Failpoints
    waiting: list[Message] = field(default_factory=list)

    def send(self, messages: Sequence[WorkMessage] | Sequence[str]) -> None:
        self.points.reach("send")
        self.waiting += [Message(one if isinstance(one, str) else one.body) for one in messages]
        self.points.reach("sent")

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        """Nothing waits here."""
