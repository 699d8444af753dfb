"""A bucket in a folder: it outlives every process that works on it, and so does the bill."""

import fcntl
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from footnote.chunking import chunk_document
from footnote.domain.document import ObjectVersion
from footnote.embedding.port import Vector
from footnote.inbox.notifications import ObjectEvent
from footnote.inbox.objects import StoredObject
from footnote.parsing import ParsingLimits, partition
from tests.fakes import FakeEmbedder

PARTS = 12
_STARTED = datetime(2026, 11, 25, tzinfo=UTC)


def edition(number: int) -> bytes:
    """A manual whose every second part is the same in all editions."""
    parts = []
    for part in range(PARTS):
        named = f"edition {number}" if part % 2 else "every edition"
        sentence = f"This sentence of part {part} stands in {named} of the manual. "
        parts.append(f"## Part {part}\n\n{sentence * 12}\n")
    return "\n".join(parts).encode()


@cache
def chunks_of(number: int) -> tuple[str, ...]:
    """What readers find of an edition: all of it, in order."""
    document = partition(edition(number), "manual.md", ParsingLimits())
    return tuple(chunk.text for chunk in chunk_document(document))


@dataclass(frozen=True, slots=True)
class Shelf:
    """Holds the current edition at each key, the tags of each, and what embedding cost."""

    folder: Path

    def put(self, key: str, number: int) -> ObjectEvent:
        """Upload an edition; returns what S3 would tell of it."""
        written = self._path(key, "new")
        written.write_bytes(edition(number))
        (self._path(key, "version")).write_text(f"v{number}")
        written.rename(self._path(key, "object"))
        version = ObjectVersion(
            bucket="documents",
            key=key,
            sequencer=f"{number:08X}",
            version_id=f"v{number}",
            event_time=_STARTED + timedelta(seconds=number),
            size=len(edition(number)),
        )
        return ObjectEvent(version=version, removed=False)

    def fetch(self, key: str, *, max_bytes: int) -> StoredObject | None:
        """See `ObjectStore.fetch`."""
        try:
            content = self._path(key, "object").read_bytes()
        except FileNotFoundError:
            return None
        version_id = self._path(key, "version").read_text()
        fits = len(content) <= max_bytes
        return StoredObject(
            version_id=version_id, size=len(content), content=content if fits else None
        )

    def tag(self, key: str, version_id: str, tags: Mapping[str, str]) -> None:
        """See `ObjectTags.tag`."""
        self._path(key, f"tags-{version_id}").write_text(json.dumps(dict(tags)))

    def tags(self, key: str, version_id: str) -> dict[str, str]:
        """The tags of a version."""
        path = self._path(key, f"tags-{version_id}")
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def charge(self, texts: Sequence[str]) -> None:
        """Put texts on the bill, as a model's endpoint does when it has answered."""
        with self._bill.open("a") as bill:
            fcntl.flock(bill, fcntl.LOCK_EX)
            bill.write("".join(json.dumps(text) + "\n" for text in texts))

    def paid(self) -> Counter[str]:
        """How often each text was paid for."""
        if not self._bill.exists():
            return Counter()
        return Counter(json.loads(line) for line in self._bill.read_text().splitlines())

    @property
    def _bill(self) -> Path:
        return self.folder / "bill"

    def _path(self, key: str, kind: str) -> Path:
        return self.folder / f"{key.replace('/', '_')}.{kind}"


class ChargingEmbedder(FakeEmbedder):
    """Puts each text that it embeds on the shelf's bill."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self._shelf = shelf

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self._shelf.charge(texts)
        return super().embed(texts)
