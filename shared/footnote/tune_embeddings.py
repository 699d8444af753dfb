"""Getting better: learn a map on the embeddings of questions; documents keep theirs.

What is learned on some questions is judged on others, of other documents, by the whole search. It
is told apart by document, by chunk and by words: a question that is put twice teaches nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from footnote.domain.fusion import DEFAULT_WEIGHTS
from footnote.domain.query_adapter import LearnedAdapter
from footnote.domain.search_index import SearchIndex
from footnote.embedding.port import Embedders, Vector
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.near_duplicates import groups
from footnote.evaluation.question_set import Question
from footnote.evaluation.wording import holds_gold
from footnote.fit_adapter import AdapterReport, fit_adapter
from footnote.retrieval.port import ActiveIndexes, CandidateSearch
from footnote.retrieve import query_of
from footnote.tune import FittedStore, Plan, active_index, answerable, embedded, gold_keys
from footnote.tuning.folds import Source
from footnote.tuning.neighbourhoods import AskedOf, Embeddings, laid_out, packed

# A search looks at a hundred chunks by meaning and as many by words. By another embedding others
# are the nearest, so three times as many are fetched.
EACH, FETCHED = 100, 300

type Chunk = tuple[int, str, str]


class AdapterStore(Protocol):
    """Where adapters are kept, and what they are learned from."""

    def promote(self, index: SearchIndex, learned: LearnedAdapter) -> int:
        """Keep an adapter and put it in force; tells its number."""
        ...

    def chunks_of(self, index: SearchIndex, keys: Sequence[str]) -> list[Chunk]:
        """Number, document and text of every chunk of these documents."""
        ...

    def embeddings(
        self, index: SearchIndex, chunks: Sequence[int]
    ) -> Mapping[int, Sequence[float]]:
        """Those of these chunks."""
        ...

    def document_embeddings(
        self, index: SearchIndex, keys: Sequence[str]
    ) -> Mapping[str, Sequence[float]]:
        """Those of whole documents."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterPorts:
    """What learning an adapter needs from outside."""

    indexes: ActiveIndexes
    embedders: Embedders
    passages: CandidateSearch
    fitted: FittedStore
    store: AdapterStore


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingTuning:
    """What came of it; `learned` is to be promoted, and None where nothing is shown to be better.

    `left_out` questions lack their documents.
    """

    index: SearchIndex
    questions: int
    documents: int
    left_out: int
    report: AdapterReport
    learned: LearnedAdapter | None


def tune_embeddings(plan: Plan, ports: AdapterPorts) -> EmbeddingTuning:
    """Learn an adapter for the index that answers; nothing is written.

    Raises:
        NotFoundError: the knowledge base has no documents.
        UnprocessableError: too few questions, or none whose documents the index holds.
        TransientError: the database or the embedding model is down.
    """
    index = active_index(plan.kb, ports.indexes)
    asked = answerable(plan, index, ports.fitted)
    vectors = embedded(asked, ports.embedders(index.form.model))
    found = _found(asked, vectors, plan, (index, ports))
    weights = ports.fitted.read(index).weights or DEFAULT_WEIGHTS
    rows, matrices = laid_out(found, _embeddings(found, index, ports.store), EACH, weights)
    report = fit_adapter(asked, rows, matrices, Resampling(seed=plan.seed))
    return EmbeddingTuning(
        index=index,
        questions=len(asked),
        documents=len({one.cluster for one in asked}),
        left_out=len(plan.ranked()) - len(asked),
        report=report,
        learned=_learned(asked, report) if report.better else None,
    )


def _found(
    asked: Sequence[Question],
    vectors: Mapping[str, Vector],
    plan: Plan,
    where: tuple[SearchIndex, AdapterPorts],
) -> list[AskedOf]:
    """Each question with the chunks that may be found for it, and those that answer it."""
    index, ports = where
    keys = sorted({key for one in asked for key in gold_keys(one, plan.kb)})
    chunks: defaultdict[str, list[Chunk]] = defaultdict(list)
    for chunk in ports.store.chunks_of(index, keys):
        chunks[chunk[1]].append(chunk)
    alike = groups([one.text for one in asked])
    found = []
    for question, group in zip(asked, alike, strict=True):
        plan.searched(len(asked))
        vector = vectors[question.text]
        query = query_of(question.text, index, FETCHED, vector)
        gold = gold_chunks(
            question, [one for key in gold_keys(question, plan.kb) for one in chunks[key]]
        )
        found.append(
            AskedOf(
                source=_source(question, group, gold),
                vector=vector,
                candidates=ports.passages.candidates(replace(query, plain=vector)),
                gold_chunks=[number for number, _, _ in gold],
                gold_keys=frozenset(gold_keys(question, plan.kb)),
            )
        )
    return found


def gold_chunks(question: Question, chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks that hold a gold text; where none does, all of the documents that answer."""
    holding = [one for one in chunks if holds_gold(one[2], question.gold_texts)]
    return holding or list(chunks)


def _source(question: Question, group: int, gold: Sequence[Chunk]) -> Source:
    """What keeps it out of a fold: its documents, its words, and texts that others hold too."""
    texts = {hashlib.sha256(text.encode()).hexdigest() for _, _, text in gold}
    return Source(
        cluster=question.cluster,
        documents=frozenset({*question.gold_documents, f"asked like {group}", *texts}),
    )


def _embeddings(found: Sequence[AskedOf], index: SearchIndex, store: AdapterStore) -> Embeddings:
    numbers = {one.chunk_id for question in found for one in question.candidates}
    numbers.update(number for question in found for number in question.gold_chunks)
    keys = {one.key for question in found for one in question.candidates}
    return Embeddings(
        chunks=store.embeddings(index, sorted(numbers)),
        documents=store.document_embeddings(index, sorted(keys)),
    )


def _learned(asked: Sequence[Question], report: AdapterReport) -> LearnedAdapter | None:
    if report.map is None:
        return None
    gain = report.judged[0].difference
    texts = sorted(f"{one.text}\0{sorted(one.gold_documents)}" for one in asked)
    return LearnedAdapter(
        directions=len(report.map.down),
        down=packed(report.map.down),
        up=packed(report.map.up),
        questions=len(asked),
        question_set=hashlib.sha256("\0".join(texts).encode()).digest(),
        pull=report.pull,
        figures={"mrr": gain.old, "gain": gain.value, "low": gain.low, "high": gain.high},
    )
