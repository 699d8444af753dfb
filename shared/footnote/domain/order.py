"""Which of two events of one key counts: the fence that keeps old news from undoing new."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from footnote.domain.document import DocumentStatus, ObjectVersion

FINISHED = frozenset(
    {
        DocumentStatus.READY,
        DocumentStatus.FAILED,
        DocumentStatus.SKIPPED,
        DocumentStatus.DELETED,
    }
)


# What S3 calls the version of an object that was put while the bucket kept none; the next one that
# is put so overwrites it.
NO_VERSION = "null"
# Twice as long as an invocation of `ingest`, as clocks differ: what was finished that much later
# than some moment was begun behind it.
LONGEST_WORK = timedelta(minutes=10)


class Verdict(StrEnum):
    """What is to be done with an event."""

    ACCEPT = "accept"
    DUPLICATE = "duplicate"
    STALE = "stale"
    # Begun, and to be taken up again: one invocation is not long enough for it.
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the index knows of a document: its latest accepted events and where they got to.

    `version_id` is the version that was finished last, `reason` why it did not become knowledge.
    `unseen`: it was imported, and its file was never read here. `indexed_at`: when it was finished.
    """

    sequencer: str
    status: DocumentStatus
    claim: int
    sidecar_sequencer: str = ""
    version_id: str | None = None
    reason: str | None = None
    unseen: bool = False
    indexed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An event that was judged; where it was accepted, `number` is the right to publish its work.

    A later claim on the same document takes that right away. Because work is begun with a claim
    and only then reads the bucket, whoever publishes last has read last, so that the index comes
    to what the bucket holds however events are ordered, repeated or delayed.

    `done` is what became of an event that is known and finished.
    """

    verdict: Verdict
    number: int = 0
    done: Known | None = None


def judge_version(version: ObjectVersion, known: Known | None) -> Verdict:
    """Whether the event of a document's version is news.

    Where there is an order, that decides. Where there is none, as of what lifecycle rules do to
    each version that was replaced long ago: not where one was dropped that readers do not have.
    """
    if version.dropped and not version.sequencer and known and _is_of_another(version, known):
        return Verdict.STALE
    return judge(version.sequencer, known, version.asked_at)


def _is_of_another(dropped: ObjectVersion, known: Known) -> bool:
    if known.status not in FINISHED or known.version_id in {None, NO_VERSION}:
        return False
    return dropped.version_id not in {None, NO_VERSION, known.version_id}


def judge(sequencer: str, known: Known | None, asked_at: datetime | None = None) -> Verdict:
    """Whether an event is news, given what is known of its document.

    S3 sends lifecycle expirations without a sequencer: these always count, as the bucket is read.
    So does what Footnote `asked_at` some time, until the document was read since.
    """
    if known is None:
        return Verdict.ACCEPT
    if not sequencer:
        return Verdict.STALE if asked_at and _read_since(asked_at, known) else Verdict.ACCEPT
    order = compare_sequencers(sequencer, known.sequencer)
    if order < 0:
        return Verdict.STALE
    return Verdict.DUPLICATE if order == 0 and known.status in FINISHED else Verdict.ACCEPT


def _read_since(asked_at: datetime, known: Known) -> bool:
    if known.indexed_at is None or known.status not in FINISHED:
        return False
    return known.indexed_at > asked_at + LONGEST_WORK


def judge_sidecar(sequencer: str, known: Known | None) -> Verdict:
    """Whether an event of a document's sidecar is news.

    Not where there is no document: if one comes, its own event does, and then the sidecar is read.
    Nor where there is no file: looking for it would end what was imported without it.
    """
    if known is None or known.status is DocumentStatus.DELETED or known.unseen:
        return Verdict.DUPLICATE
    return judge(sequencer, replace(known, sequencer=known.sidecar_sequencer))


def compare_sequencers(left: str, right: str) -> int:
    """-1, 0 or 1 as `left` is older than, the same as or newer than `right`.

    Right-padded with zeros and compared as strings, as the Amazon S3 User Guide prescribes.
    """
    width = max(len(left), len(right))
    a, b = left.upper().ljust(width, "0"), right.upper().ljust(width, "0")
    return (a > b) - (a < b)
