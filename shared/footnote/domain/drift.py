"""How the bucket and the index differ at one key, and what that calls for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from footnote.domain.document import DocumentStatus
from footnote.domain.order import FINISHED, NO_VERSION

# A knowledge base this small would hold the brake at every other deletion.
NEVER_BRAKED = 10


class Repair(StrEnum):
    """Why a key is sent through the queue once more."""

    MISSING = "missing"  # the bucket holds it, the index has never heard of it
    RESTORED = "restored"  # the bucket holds it again, the index has it as deleted
    STALE = "stale"  # the index shows another version, or what was imported from elsewhere
    SIDECAR = "sidecar"  # its sidecar was changed or removed after it was indexed
    STUCK = "stuck"  # nobody has finished it, for longer than its message could live
    INCOMPLETE = "incomplete"  # an index that is built beside the one that answers lacks it
    GONE = "gone"  # the index shows it, the bucket holds it no more


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentObject:
    """The current version at a key; of a deleted key nothing but its delete marker.

    S3 counts `modified_at` in whole seconds.
    """

    key: str
    version_id: str
    modified_at: datetime
    deleted: bool
    size: int = 0
    etag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """What the index says of a document.

    `has_sidecar`: one gave it attributes, or made it fail. `incomplete`: an index beside the one
    that answers lacks it. `unseen`: it was imported, and its file was never seen in this bucket.
    """

    key: str
    status: DocumentStatus
    indexed_version_id: str | None
    indexed_at: datetime | None
    updated_at: datetime
    has_sidecar: bool
    incomplete: bool
    unseen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One key that a document may have: what the bucket holds there and what the index knows."""

    key: str
    stored: CurrentObject | None
    known: KnownDocument | None
    sidecar: CurrentObject | None = None

    @property
    def exists(self) -> bool:
        """Whether the bucket holds a document here."""
        return self.stored is not None and not self.stored.deleted

    @property
    def is_shown(self) -> bool:
        """Whether the index has a document here that is not deleted."""
        return self.known is not None and self.known.status is not DocumentStatus.DELETED

    @property
    def is_unseen(self) -> bool:
        """Whether it was imported, and this bucket has no trace of its file, not of a deletion."""
        return self.known is not None and self.known.unseen and self.stored is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """What lies behind these times has no event on its way any more.

    Changes before `settled_before` were delivered or lost; work that was begun before
    `stuck_before` was finished or has failed for good.
    """

    settled_before: datetime
    stuck_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """Stops deletions that look like a mistake: another bucket, an empty one, a lost listing."""

    max_share: float
    forced: bool = False

    def stops(self, deletions: int, *, documents: int) -> bool:
        """Whether so many deletions are too many for a knowledge base of so many documents."""
        too_many = deletions > NEVER_BRAKED and deletions > self.max_share * documents
        return too_many and not self.forced


def decide(place: Place, horizon: Horizon) -> Repair | None:
    """What a key needs, if anything; never while its own event may still be on its way."""
    if not _is_settled(place, horizon):
        return None
    if not place.exists:
        return Repair.GONE if place.is_shown else None
    if place.known is None:
        return Repair.MISSING
    if place.known.status is DocumentStatus.DELETED:
        return Repair.RESTORED
    if place.known.status not in FINISHED:
        return Repair.STUCK
    if _is_stale(place):
        return Repair.STALE
    if _has_another_sidecar(place, horizon):
        return Repair.SIDECAR
    return Repair.INCOMPLETE if place.known.incomplete else None


def _is_settled(place: Place, horizon: Horizon) -> bool:
    if place.stored and place.stored.modified_at >= horizon.settled_before:
        return False
    if place.known is None:
        return True
    finished = place.known.status in FINISHED
    return place.known.updated_at < (horizon.settled_before if finished else horizon.stuck_before)


def _is_stale(place: Place) -> bool:
    """Versions tell; times do of what was put before the bucket's versioning, or without it."""
    stored, known = place.stored, place.known
    if stored is None or known is None:
        return False
    if known.unseen:
        return True
    if stored.version_id != (known.indexed_version_id or NO_VERSION):
        return True
    return stored.version_id == NO_VERSION and _is_newer(stored, known)


def _has_another_sidecar(place: Place, horizon: Horizon) -> bool:
    """Whether the document was indexed before its sidecar became what it is.

    Within the same second the sidecar counts as newer.
    """
    sidecar, known = place.sidecar, place.known
    if known is None or (sidecar and sidecar.modified_at >= horizon.settled_before):
        return False
    if known.has_sidecar and (sidecar is None or sidecar.deleted):
        return True
    return sidecar is not None and _is_newer(sidecar, known)


def _is_newer(stored: CurrentObject, known: KnownDocument) -> bool:
    if known.indexed_at is None:
        return False
    return stored.modified_at >= known.indexed_at.replace(microsecond=0)
