"""The places where work touches the outside, at each of which its process may be killed."""

import copy
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from footnote.domain.element import PartitionedDocument
from footnote.embedding.port import Vector
from footnote.inbox.objects import StoredObject
from footnote.parsing import ParsingLimits, partition
from footnote.postgres.connection import Connection, Database
from tests.faults.shelf import ChargingEmbedder, Shelf


@dataclass
class Failpoints:
    """Counts the places that work comes by; at the one numbered `deadly` its process ends."""

    deadly: int | None = None
    passed: list[str] = field(default_factory=list)

    def reach(self, name: str) -> None:
        if len(self.passed) == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed.append(name)


class WatchedDatabase(Database):
    """Has a failpoint before and behind each commit, named after what the transaction is for."""

    def __init__(self, url: str, points: Failpoints) -> None:
        super().__init__(url)
        self._points = points
        self._purpose = ""

    def to(self, purpose: str) -> Self:
        """The same connections, for transactions of one purpose."""
        same = copy.copy(self)
        same._purpose = purpose
        return same

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with super().transaction() as connection:
            yield connection
            self._points.reach(f"{self._purpose}: before the commit")
        self._points.reach(f"{self._purpose}: committed")


@dataclass(frozen=True, slots=True)
class WatchedShelf:
    """Has a failpoint behind each call."""

    shelf: Shelf
    points: Failpoints

    def fetch(self, key: str, *, max_bytes: int) -> StoredObject | None:
        stored = self.shelf.fetch(key, max_bytes=max_bytes)
        self.points.reach("fetched")
        return stored

    def tag(self, key: str, version_id: str, tags: Mapping[str, str]) -> None:
        self.shelf.tag(key, version_id, tags)
        self.points.reach("tagged")


@dataclass(frozen=True, slots=True)
class WatchedParser:
    """Has a failpoint behind each document."""

    points: Failpoints

    def partition(self, content: bytes, filename: str) -> PartitionedDocument:
        document = partition(content, filename, ParsingLimits())
        self.points.reach("parsed")
        return document


class WatchedEmbedder(ChargingEmbedder):
    """Has a failpoint behind each answer of the model, which is paid for then."""

    def __init__(self, shelf: Shelf, points: Failpoints) -> None:
        super().__init__(shelf)
        self._points = points

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        vectors = super().embed(texts)
        self._points.reach("embedded")
        return vectors
