"""A query adapter for one index: learned from questions and the chunks that answer them.

A linear map on the embeddings of questions, by a softmax over all chunks that any of the questions
comes near (InfoNCE: van den Oord, Li and Vinyals 2018, arXiv:1807.03748; of several chunks that
answer, any may win). It begins at the identity, is pulled back to it, and moves only along the
directions in which the chunks differ most. With a weak pull it learns its questions by heart and
makes all others worse, so folds inside of what is learned from choose the pull, by what the whole
search finds, and the identity is one of the choices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.tuning.descent import Floats, least
from footnote.tuning.folds import Fold, Rows, folds_of
from footnote.tuning.fusion import Ranks, reciprocal
from footnote.tuning.hybrid import Embedded, Neighbourhood, Singles, document_rank

# Of the mean loss for the squared distance from the identity, the strongest first; with none of
# them the identity stays.
PULLS = (3.0, 1.0, 0.3)
# The directions in which it moves: as good as all of them on real sets, and a sixth of the work.
DIRECTIONS = 64
# Of cosines in the softmax, as embedding models are trained with (1/20: Sentence Transformers).
TEMPERATURE = 0.05
REPEATS = 5
_STEPS = 12
# Chunks that the softmax goes over: all that answer, and those nearest to any question.
_MOST_CHUNKS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """z = q + up (down q); of the shapes (floats, directions) and (directions, floats)."""

    down: Singles
    up: Singles

    def adapted(self, vectors: Singles) -> Singles:
        """Unit vectors to search by, a row for each."""
        moved = vectors + (vectors @ self.down.T) @ self.up.T
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterTrial:
    """A map learned from all questions, and ranks of the right document for each question.

    None where the identity is best. `held_out` has a row for each drawing of the folds, by maps
    learned without that question, and `pulls` are those chosen in folds; infinite is the identity.
    """

    map: Map | None
    pull: float
    pulls: tuple[float, ...]
    by_identity: Ranks
    held_out: Ranks


def try_adapter(questions: Sequence[Neighbourhood], embedded: Embedded, seed: int) -> AdapterTrial:
    """Learn a map, and judge the way of learning it; of two documents at least."""
    learning = _Learning(questions, embedded)
    every = np.arange(len(questions))
    held_out, pulls = [], []
    for repeat in range(REPEATS):
        ranks = np.empty(len(questions), dtype=np.int64)
        for fold in folds_of(learning.sources, every, seed + repeat):
            pull, found = learning.chosen(fold.chosen_by, seed + repeat)
            ranks[fold.judged_by] = learning.ranks(found, fold.judged_by)
            pulls.append(pull)
        held_out.append(ranks)
    pull, found = learning.chosen(every, seed)
    return AdapterTrial(
        map=found,
        pull=pull,
        pulls=tuple(pulls),
        by_identity=learning.by_identity,
        held_out=np.array(held_out),
    )


class _Learning:
    """The questions in the directions in which the chunks differ, where all is learned."""

    def __init__(self, questions: Sequence[Neighbourhood], embedded: Embedded) -> None:
        self.sources = [one.source for one in questions]
        self._questions = questions
        self._embedded = embedded
        self._vectors = np.array([one.vector for one in questions], dtype=np.float32)
        chunks = embedded.chunks
        _, directions = np.linalg.eigh(chunks.T @ chunks)
        self._down = np.ascontiguousarray(directions[:, ::-1][:, :DIRECTIONS].T)
        self._seen = self._vectors @ self._down.T
        gold = np.zeros((len(questions), len(chunks)), dtype=np.bool_)
        for row, question in enumerate(questions):
            gold[row, question.gold] = True
        logits = self._vectors @ chunks.T / TEMPERATURE
        near = _nearest(logits, gold)
        self._logits, self._gold = logits[:, near], gold[:, near]
        self._chunks = chunks[near] @ self._down.T / TEMPERATURE
        self._near = [self._seen_from(one) for one in questions]
        self.by_identity = self._ranks(np.zeros_like(self._seen), np.arange(len(questions)))

    def ranks(self, found: Map | None, rows: Rows) -> Ranks:
        """Of the right documents of these questions, under a map or the identity."""
        if found is None:
            return np.asarray(self.by_identity[rows])
        # What a map adds to a vector lies in the directions, and so is seen whole from there.
        return self._ranks(self._seen[rows] @ (self._down @ found.up).T, rows)

    def _ranks(self, added: Singles, rows: Rows) -> Ranks:
        return np.array(
            [self._rank(int(row), one) for row, one in zip(rows, added, strict=True)],
            dtype=np.int64,
        )

    def _rank(self, row: int, added: Singles) -> int:
        near = self._near[row]
        chunks, documents = (
            np.asarray(cosine + seen @ added, dtype=np.float64)
            for cosine, seen in (
                (near.chunks, near.chunks_seen),
                (near.documents, near.documents_seen),
            )
        )
        return document_rank(self._questions[row], chunks, documents, self._embedded)

    def _seen_from(self, question: Neighbourhood) -> "_Near":
        chunks = self._embedded.chunks[question.chunks]
        documents = self._embedded.documents[question.documents]
        return _Near(
            chunks=chunks @ question.vector,
            chunks_seen=chunks @ self._down.T,
            documents=documents @ question.vector,
            documents_seen=documents @ self._down.T,
        )

    def chosen(self, rows: Rows, seed: int) -> tuple[float, Map | None]:
        """The pull that these questions choose, and the map that they then teach."""
        pull = self._pull(rows, seed)
        for step, found in self._maps(rows):
            if step == pull:
                return pull, found
        return pull, None

    def _pull(self, rows: Rows, seed: int) -> float:
        """The pull that does best on folds of these questions; infinite where none gains.

        Weaker ones are not tried once one did worse than the one before.
        """
        folds = [fold for fold in folds_of(self.sources, rows, seed) if len(fold.chosen_by)]
        paths = [self._maps(fold.chosen_by) for fold in folds]
        best, most = np.inf, self._gain(folds, [None] * len(folds))
        before = most
        for pull in PULLS:
            gain = self._gain(folds, [next(path)[1] for path in paths])
            if gain > most:
                best, most = pull, gain
            if gain < before:
                break
            before = gain
        return float(best)

    def _gain(self, folds: Sequence[Fold], maps: Sequence[Map | None]) -> float:
        """The sum of the reciprocal ranks."""
        return float(
            sum(
                reciprocal(self.ranks(found, fold.judged_by)).sum()
                for fold, found in zip(folds, maps, strict=True)
            )
        )

    def _maps(self, rows: Rows) -> Iterator[tuple[float, Map]]:
        """The maps that these questions teach, by pull; each begins where the one before ended."""
        inner: Floats = np.zeros((len(self._down),) * 2, dtype=np.float32)
        for pull in PULLS:
            inner = least(_Loss(self, rows, pull).of, inner, steps=_STEPS).astype(np.float32)
            yield pull, Map(down=self._down, up=self._down.T @ inner)

    def parts(self, rows: Rows) -> tuple[Singles, Singles, Singles, NDArray[np.bool_]]:
        """Of these questions what a loss is made of."""
        return self._logits[rows], self._seen[rows], self._chunks, self._gold[rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """Cosines of what may be found for a question, and what of it lies in the directions."""

    chunks: Singles
    chunks_seen: Singles
    documents: Singles
    documents_seen: Singles


class _Loss:
    """How far from certain the softmax is of a chunk that answers, and the pull."""

    def __init__(self, learning: _Learning, rows: Rows, pull: float) -> None:
        self._logits, self._seen, self._chunks, self._gold = learning.parts(rows)
        self._pull = pull

    def of(self, inner: Floats) -> tuple[float, Floats]:
        """The loss and its gradient at a map within the directions."""
        logits = self._logits + (self._seen @ inner.T) @ self._chunks.T
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        right = np.where(self._gold, likely, 0)
        every, gold = (part.sum(axis=1, keepdims=True) for part in (likely, right))
        gold = np.maximum(gold, np.finfo(np.float32).tiny)
        loss = float(np.log(every / gold).mean()) + self._pull * float((inner**2).sum())
        wrong = (likely / every - right / gold) / len(logits)
        gradient = (wrong @ self._chunks).T @ self._seen + 2 * self._pull * inner
        return loss, gradient


def _nearest(logits: Singles, gold: NDArray[np.bool_]) -> Rows:
    """The chunks that answer, and so many of each question's nearest that there is room for."""
    kept = gold.any(axis=0)
    each = max(1, min(logits.shape[1], _MOST_CHUNKS // len(logits)))
    # Questions share many of them, so there is room for more of each.
    while each <= logits.shape[1]:
        nearest = np.argpartition(-logits, each - 1, axis=1)[:, :each]
        more = kept.copy()
        more[nearest] = True
        if more.sum() > _MOST_CHUNKS:
            break
        kept, each = more, 2 * each
    return np.flatnonzero(kept)
