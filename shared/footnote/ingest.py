"""Knowledge in: what happened to objects in the bucket becomes what readers find."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from footnote.domain.document import ObjectVersion, document_key_of
from footnote.domain.errors import FootnoteError, PermanentError
from footnote.domain.generation import Generation, IndexedDocument
from footnote.domain.order import Claim, Verdict
from footnote.draft_embeddings import Embeddings, EmbedPorts, embed_drafts
from footnote.drafts import Draft, DraftPorts, draft
from footnote.inbox.notifications import ObjectEvent
from footnote.observability import logger, measure_document
from footnote.told_uploaders import ObjectTags, Troubles, tell_end, tell_trouble

# Texts that are embedded together, whatever documents they are of, and seconds of reading after
# which the documents that were read are no longer kept waiting for others.
EMBEDDED_TOGETHER = 512
READ_TOGETHER_S = 1.0
# Seconds that are left for publishing, at least, and for each chunk: about twice what an idle
# server takes to write one into its indexes.
PUBLISHING_S = 60.0
CHUNK_PUBLISHING_S = 0.006

type Outcome = Verdict | Exception


class Documents(Troubles, Protocol):
    """The fence: which events count, and what is told of their work."""

    def claim(self, version: ObjectVersion) -> Claim:
        """Accept an event, unless it is old or known already."""
        ...


class Index(Protocol):
    """What readers see."""

    def publish(self, version: ObjectVersion, claim: Claim, generation: Generation) -> bool:
        """Replace what readers see of a document, unless another event was accepted meanwhile."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestPorts:
    """What ingestion needs from outside; without `tags` objects are not tagged."""

    documents: Documents
    drafts: DraftPorts
    embed: EmbedPorts
    index: Index
    tags: ObjectTags | None
    reading_s: float = 120.0


def ingest(
    events: Sequence[ObjectEvent], ports: IngestPorts, *, deadline: float = math.inf
) -> list[Outcome]:
    """Bring the index to what the bucket holds at the keys of some events.

    Whatever an event says happened, the bucket is read after the event was accepted: the version
    that it names may be gone already, and a removal names what went, not what remains.

    Args:
        events: what happened, in any order, however often.
        ports: the outside.
        deadline: the moment, on the monotonic clock, at which this process may be ended.

    Returns:
        For each event what was done, or the error for which it has to be tried again.
    """
    outcomes: dict[int, Outcome] = {}
    begun: dict[int, Draft] = {}
    since = time.monotonic()
    for place, event in enumerate(events):
        if _full(begun, event, since):
            outcomes |= _finish(begun, ports, deadline)
            begun, since = {}, time.monotonic()
        found = _begin(event, ports, deadline if place else math.inf)
        if not isinstance(found, Draft):
            outcomes[place] = found
        elif found.parts:
            begun[place] = found
        else:  # a deletion, say: it waits for no model, and for no neighbour that does
            outcomes |= _finish({place: found}, ports, deadline)
    outcomes |= _finish(begun, ports, deadline)
    return [outcomes[place] for place in range(len(events))]


def _full(begun: dict[int, Draft], event: ObjectEvent, since: float) -> bool:
    texts = sum(work.size() for work in begun.values())
    # A document and its sidecar are one piece of work, and the later claim would stop the other.
    key = document_key_of(event.version.key)
    again = any(work.version.key == key for work in begun.values())
    late = bool(begun) and time.monotonic() - since > READ_TOGETHER_S
    return again or late or texts >= EMBEDDED_TOGETHER


def _begin(event: ObjectEvent, ports: IngestPorts, deadline: float) -> Draft | Outcome:
    if time.monotonic() + ports.reading_s + PUBLISHING_S > deadline:
        return Verdict.CONTINUE
    key = document_key_of(event.version.key)
    if key is None:
        return Verdict.DUPLICATE  # a console's folder marker, say: there is no document

    def begin() -> Draft | Outcome:
        claim = ports.documents.claim(event.version)
        if claim.done:  # whoever finished it may have been cut off right behind
            tell_end(key, claim.done, ports.tags)
        if claim.verdict is not Verdict.ACCEPT:
            return claim.verdict
        found = _attempt(partial(draft, replace(event.version, key=key), claim, ports.drafts))
        if isinstance(found, Exception):
            tell_trouble(key, claim, found, ports.documents)
        return found

    return _attempt(begin)


def _finish(begun: dict[int, Draft], ports: IngestPorts, deadline: float) -> dict[int, Outcome]:
    """Embed and publish what was begun; one that fails leaves the others alone."""
    reserved = max(PUBLISHING_S, sum(map(_publishing_s, begun.values())))
    drafts = tuple(begun.values())
    embeddings = _attempt(partial(embed_drafts, drafts, ports.embed, deadline - reserved))
    outcomes: dict[int, Outcome] = {}
    if len(begun) > 1 and _is_one_at_fault(embeddings):
        for place, work in begun.items():
            outcomes |= _finish({place: work}, ports, deadline)
        return outcomes
    for place, work in begun.items():
        outcomes[place] = outcome = _end(work, embeddings, ports, deadline)
        if isinstance(outcome, Exception):
            tell_trouble(work.version.key, work.claim, outcome, ports.documents)
    return outcomes


def _end(
    work: Draft, embeddings: Embeddings | Exception, ports: IngestPorts, deadline: float
) -> Outcome:
    if isinstance(embeddings, Exception):
        return embeddings
    # Where nothing was embedded, no other invocation has more time left for it.
    late = embeddings.grown and time.monotonic() + _publishing_s(work) > deadline
    waits = embeddings.waits_for(work)
    if waits is not None:
        return waits
    return Verdict.CONTINUE if late else _attempt(partial(_publish, work, embeddings, ports))


def _is_one_at_fault(embeddings: Embeddings | Exception) -> bool:
    """Whether one of several may be what the model refuses, or what nobody thought of."""
    if isinstance(embeddings, Exception):
        return True
    return any(isinstance(error, PermanentError) for error in embeddings.errors.values())


def _publishing_s(work: Draft) -> float:
    return CHUNK_PUBLISHING_S * work.size()


def _publish(work: Draft, embeddings: Embeddings, ports: IngestPorts) -> Verdict:
    parts = tuple(
        IndexedDocument(
            index=part.index,
            names=part.names,
            chunks=part.chunks,
            hashes=part.hashes,
            embeddings=embeddings.of(part.index),
        )
        for part in work.parts
        if embeddings.cover(part)
    )
    left_out = frozenset(part.index.index_id for part in work.parts if not embeddings.cover(part))
    if left_out:
        errors = [str(error) for error in embeddings.errors.values()]
        logger.warning("left out of an index", key=work.version.key, errors=errors)
    generation = replace(work.generation, indexed=parts, left_out=left_out)
    if ports.index.publish(work.version, work.claim, generation):
        measure_document(generation.status)
        tell_end(work.version.key, generation, ports.tags)
    return Verdict.ACCEPT


def _attempt[T](step: Callable[[], T]) -> T | Exception:
    """What fails fails alone: the other documents of a batch are not held up by it."""
    try:
        return step()
    except FootnoteError as error:
        return error
    except Exception as error:  # noqa: BLE001 one defect must not hold up the whole batch
        logger.exception("a defect in Footnote")
        return error
