"""Embeds the texts of several documents together, and only those that never were before."""

import time
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Protocol

from footnote.domain.errors import (
    FootnoteError,
    ModelRefusedError,
    ModelUnavailableError,
    TransientError,
)
from footnote.domain.order import Claim, Verdict
from footnote.domain.search_index import SearchIndex
from footnote.drafts import Draft, DraftPart
from footnote.embedding.port import Embedders

# Seconds that what was paid for waits for a database that restarts or fails over, and between two
# tries.
KEEPING_S = 30.0
KEEPING_AGAIN_S = 0.5
# Seconds for which a model that did not answer is left alone, where no answer needs it.
RESTING_S = 60.0
# Those that are the model's own trouble, and not that of the database or of this code.
MODEL_ERRORS = (ModelUnavailableError, ModelRefusedError)

type Vectors = Mapping[bytes, Sequence[float]]


class KeptEmbeddings(Protocol):
    """Embeddings that were paid for."""

    def find(self, model_id: int, hashes: Sequence[bytes]) -> Vectors:
        """Those that are known, by the hash of their text."""
        ...

    def keep(self, model_id: int, vectors: Vectors) -> None:
        """Keep new ones."""
        ...


class Progress(Protocol):
    """Where people see how far the work on a document is."""

    def report_progress(self, key: str, claim: Claim, *, embedded: int, to_embed: int) -> None:
        """Tell it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedPorts:
    """What embedding documents needs from outside.

    `together` texts are embedded, kept and told of at once: some seconds of work for the local
    model on a slow processor. `resting` holds until when, on the monotonic clock, models are left
    alone that no answer waits for.
    """

    embedders: Embedders
    kept: KeptEmbeddings
    progress: Progress
    together: int = 256
    resting: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class Embeddings:
    """The vectors at hand by model and hash.

    `grown`: whether any of them is new. `errors` are what kept more from being made, by model.
    """

    by_model: dict[int, dict[bytes, Sequence[float]]] = field(default_factory=dict)
    grown: bool = False
    errors: dict[int, FootnoteError] = field(default_factory=dict)

    def of(self, index: SearchIndex) -> Vectors:
        """Those of an index's model."""
        return self.by_model.get(index.model_id, {})

    def add(self, index: SearchIndex, vectors: Vectors) -> None:
        """Four bytes for each float: the lists that models return take eight times as much."""
        known = self.by_model.setdefault(index.model_id, {})
        known |= {hashed: array("f", vector) for hashed, vector in vectors.items()}

    def cover(self, part: DraftPart) -> bool:
        """Whether a part can be published."""
        return self.of(part.index).keys() >= set(part.hashes)

    def waits_for(self, work: Draft) -> Verdict | FootnoteError | None:
        """What keeps a draft from being published: time, or an error; nothing where it can be.

        The index that answers must have it. Another one whose model is down or refuses is left
        out: an upload is not to wait for an index that nobody reads yet.
        """
        for place, part in enumerate(work.parts):
            error = self.errors.get(part.index.model_id)
            if not self.cover(part) and (place == 0 or not isinstance(error, MODEL_ERRORS)):
                return error or Verdict.CONTINUE
        return None


def embed_drafts(drafts: Sequence[Draft], ports: EmbedPorts, deadline: float) -> Embeddings:
    """Embed the texts of drafts until `deadline` on the monotonic clock.

    Kept batch by batch, so that work which is cut off, or goes on in another invocation, does not
    pay for the same texts again. One batch is embedded in any case: a document that takes all of
    an invocation's time to read would go on forever. Models of indexes that answer come first.
    """
    embeddings = Embeddings()
    parts = [part for work in drafts for part in work.parts]
    answering = {work.parts[0].index.model_id for work in drafts if work.parts}
    indexes = {part.index.model_id: part.index for part in parts}
    for model_id, index in sorted(indexes.items(), key=lambda item: item[0] not in answering):
        try:
            embeddings.add(index, ports.kept.find(model_id, _hashes(index, parts)))
            missing = _missing(index, parts, embeddings)
            if missing and model_id not in answering:
                _check_rest(index, ports)
            for batch in batched(missing, ports.together):
                if embeddings.grown and time.monotonic() > deadline:
                    return embeddings
                _embed(index, dict(batch), ports, embeddings)
                _report(drafts, ports, embeddings)
        except FootnoteError as error:
            embeddings.errors[model_id] = error
    return embeddings


def _check_rest(index: SearchIndex, ports: EmbedPorts) -> None:
    """Each try may take as long as a request may, and uploads would wait for it."""
    if time.monotonic() < ports.resting.get(index.model_id, 0.0):
        message = f"{index.form.model} did not answer a moment ago"
        raise ModelUnavailableError(message)


def _hashes(index: SearchIndex, parts: Sequence[DraftPart]) -> list[bytes]:
    same = (part for part in parts if part.index.model_id == index.model_id)
    return list(dict.fromkeys(hashed for part in same for hashed in part.hashes))


def _missing(
    index: SearchIndex, parts: Sequence[DraftPart], embeddings: Embeddings
) -> list[tuple[bytes, str]]:
    known = embeddings.of(index)
    return list(
        {
            hashed: text
            for part in parts
            if part.index.model_id == index.model_id
            for hashed, text in part.texts()
            if hashed not in known
        }.items()
    )


def _embed(
    index: SearchIndex, texts: Mapping[bytes, str], ports: EmbedPorts, embeddings: Embeddings
) -> None:
    try:
        vectors = ports.embedders(index.form.model).embed(list(texts.values()))
    except ModelUnavailableError:
        ports.resting[index.model_id] = time.monotonic() + RESTING_S
        raise
    made = dict(zip(texts, vectors, strict=True))
    _keep(index.model_id, made, ports.kept)
    embeddings.add(index, made)
    embeddings.grown = True


def _keep(model_id: int, made: Vectors, kept: KeptEmbeddings) -> None:
    """Paid for already, so this is tried for longer than anything else."""
    until = time.monotonic() + KEEPING_S
    while True:
        try:
            return kept.keep(model_id, made)
        except TransientError:
            if time.monotonic() > until:
                raise
            time.sleep(KEEPING_AGAIN_S)


def _report(drafts: Sequence[Draft], ports: EmbedPorts, embeddings: Embeddings) -> None:
    """Of documents that are long enough for anybody to look."""
    for work in drafts:
        if work.size() > ports.together:
            known = sum(
                hashed in embeddings.of(part.index) for part in work.parts for hashed in part.hashes
            )
            ports.progress.report_progress(
                work.version.key, work.claim, embedded=known, to_embed=work.size()
            )
