"""Texts to labels: asked of a classifier that serves, and learned, judged and promoted here."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from footnote.domain.access import OWNER, Caller
from footnote.domain.classifier import Checkpoint, Labelled, TrainedCheckpoint
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError
from footnote.embedding.port import Embedders, PricedEmbedding, Vector


class Classifiers(Protocol):
    """Where checkpoints are kept."""

    def active(self, kb: KnowledgeBaseId, name: str) -> tuple[int, Checkpoint]:
        """The checkpoint that serves, with its number.

        Raises:
            NotFoundError: there is none.
        """
        ...

    def known_texts(self, kb: KnowledgeBaseId, name: str, texts: Sequence[bytes]) -> set[bytes]:
        """Which of these hashes are of texts that the serving checkpoint learned from."""
        ...

    def promote(self, kb: KnowledgeBaseId, name: str, trained: TrainedCheckpoint) -> int:
        """Keep a checkpoint and have it serve; tells its number."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifyPorts:
    """What classifying needs from outside; `price`: of embedding, where it is known."""

    classifiers: Classifiers
    embedders: Embedders
    price: PricedEmbedding | None = None

    def embedded(self, texts: Sequence[str], model: str, caller: Caller) -> list[Vector]:
        """What the model makes of texts; the caller pays for it."""
        embedder = self.embedders(model)
        if self.price is not None:
            embedder = self.price.paid_by(caller, embedder)
        return embedder.embed(texts)


def classify(
    texts: Sequence[str],
    kb: KnowledgeBaseId,
    name: str,
    ports: ClassifyPorts,
    caller: Caller = OWNER,
) -> tuple[int, list[Labelled]]:
    """What the serving checkpoint says of each text, and its number.

    Raises:
        NotFoundError: there is no such classifier.
        TransientError: the database or the embedding model is down.
        RateLimitedError: the caller's budget is used up.
    """
    number, checkpoint = ports.classifiers.active(kb, name)
    vectors = ports.embedded(texts, checkpoint.model, caller)
    return number, [checkpoint.labelled(vector) for vector in vectors]


def text_hash(text: str) -> bytes:
    """What a text is known again by, whatever its case and spaces."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode(errors="replace")).digest()


def serving(
    kb: KnowledgeBaseId, name: str, classifiers: Classifiers
) -> tuple[int, Checkpoint] | None:
    """The checkpoint that serves, if there is one."""
    try:
        return classifiers.active(kb, name)
    except NotFoundError:
        return None


def most_frequent(labels: Sequence[str]) -> str:
    """What whoever learned nothing would say."""
    return Counter(labels).most_common(1)[0][0]
