"""Getting better: whether an encoder of one's own finds more than the model that answers.

Every chunk of the index is embedded by it, and kept, so that an index built with it later pays
nothing. What the whole search would then find is judged against what it finds now, on questions
that the encoder did not learn from: of other documents, other chunks and in other words.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Protocol

from footnote.domain.chunk import EmbeddedChunk
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.encoder_verdict import EncoderVerdict
from footnote.domain.errors import UnprocessableError
from footnote.domain.fusion import DEFAULT_WEIGHTS
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.draft_embeddings import KeptEmbeddings
from footnote.embedding.port import Embedder
from footnote.embedding.query_adapter import KnownAdapters
from footnote.evaluation.bootstrap import Resampling, difference
from footnote.evaluation.estimators import Observation, mean
from footnote.evaluation.gate import Trial, Verdict, judge
from footnote.evaluation.question_set import Question
from footnote.judged import Judged, source_of
from footnote.retrieve import query_of
from footnote.tune import Plan, active_index, answerable, embedded, gold_keys
from footnote.tune_embeddings import EACH, FETCHED, AdapterPorts, Chunk, gold_chunks
from footnote.tuning.embedded_corpus import EmbeddedCorpus, document_ranks, reciprocal_ranks
from footnote.tuning.neighbourhoods import AskedOf, Embeddings

# Embedded, and kept, at once: Ctrl-C loses no more than these.
_TOGETHER = 256
_HITS = (1, 5)


class Corpus(Protocol):
    """Every chunk of an index, as it was embedded."""

    def model_id(self, form: IndexForm) -> int:
        """The number under which the embeddings of a model are kept."""
        ...

    def count(self, index: SearchIndex) -> int:
        """How many chunks it has."""
        ...

    def pages(self, index: SearchIndex) -> Iterator[list[EmbeddedChunk]]:
        """Its chunks, some at a time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderPorts:
    """What judging an encoder needs from outside; `search` is of what answers now."""

    search: AdapterPorts
    adapters: KnownAdapters
    corpus: Corpus
    kept: KeptEmbeddings


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An encoder, and the questions that it learned from, as far as they are known.

    `embedded` is told how many chunks are embedded by it, and of how many.
    """

    encoder: Embedder
    learned_from: Sequence[Question] = ()
    embedded: Callable[[int, int], object] = lambda _done, _of: None


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderTrial:
    """What came of it; `left_out` questions lack their documents."""

    index: SearchIndex
    model: str
    questions: int
    documents: int
    left_out: int
    chunks: int
    judged: tuple[Judged, ...]
    verdict: Verdict

    @property
    def kept(self) -> EncoderVerdict:
        """What `footnote reindex` is to know of it."""
        return EncoderVerdict(
            model=self.model,
            against=self.index.form.model,
            decision=self.verdict.decision,
            reason=self.verdict.reason,
        )


def judge_encoder(plan: Plan, candidate: Candidate, ports: EncoderPorts) -> EncoderTrial:
    """Judge an encoder by what it would find; nothing is put in force.

    Raises:
        NotFoundError: the knowledge base has no documents.
        UnprocessableError: too few questions, none whose documents the index holds, or the encoder
            answers already.
        TransientError: the database or the embedding model is down.
    """
    index = active_index(plan.kb, ports.search.indexes)
    if index.form.model == candidate.encoder.model:
        message = f"{plan.kb} is answered by {index.form.model} already: give another encoder"
        raise UnprocessableError(message)
    asked = answerable(plan, index, ports.search.fitted)
    corpus, chunks = _embed(index, candidate, ports)
    old, new = _ranks(asked, corpus, plan, (index, candidate.encoder, ports))
    gold = _GoldTexts(plan.kb, index, ports.search)
    trial = Trial(
        questions=gold.named(asked),
        in_force=reciprocal_ranks(old),
        candidate=reciprocal_ranks(new),
        learned_from=gold.named(candidate.learned_from),
    )
    verdict = judge(trial, Resampling(seed=plan.seed))
    return EncoderTrial(
        index=index,
        model=candidate.encoder.model,
        questions=len(asked),
        documents=len({one.cluster for one in asked}),
        left_out=len(plan.ranked()) - len(asked),
        chunks=chunks,
        judged=_judged(trial, (old, new), verdict, Resampling(seed=plan.seed)),
        verdict=verdict,
    )


def _embed(
    index: SearchIndex, candidate: Candidate, ports: EncoderPorts
) -> tuple[EmbeddedCorpus, int]:
    """Every chunk by the encoder, of which those that it embedded before are kept."""
    encoder = candidate.encoder
    form = replace(index.form, model=encoder.model, dimension=encoder.dimension)
    model_id = ports.corpus.model_id(form)
    corpus, done, total = EmbeddedCorpus(), 0, ports.corpus.count(index)
    for page in ports.corpus.pages(index):
        texts = {chunk.hashed: chunk.text for chunk in page}
        known = dict(ports.kept.find(model_id, list(texts)))
        for batch in batched([one for one in texts.items() if one[0] not in known], _TOGETHER):
            vectors = encoder.embed([text for _, text in batch])
            made = dict(zip([hashed for hashed, _ in batch], vectors, strict=True))
            ports.kept.keep(model_id, made)
            known |= made
            candidate.embedded(done + len(known), total)
        corpus.add(
            [chunk.chunk_id for chunk in page],
            [chunk.key for chunk in page],
            [known[chunk.hashed] for chunk in page],
        )
        done += len(page)
        candidate.embedded(done, total)
    return corpus, done


def _ranks(
    asked: Sequence[Question],
    corpus: EmbeddedCorpus,
    plan: Plan,
    where: tuple[SearchIndex, Embedder, EncoderPorts],
) -> tuple[list[int], list[int]]:
    """Where the right document stands by what answers now, and by the encoder."""
    index, encoder, ports = where
    old = embedded(asked, ports.search.embedders(index.form.model))
    new = embedded(asked, encoder)
    found = []
    for question in asked:
        plan.searched(len(asked))
        vector = ports.adapters.adapted(old[question.text], index)
        query = replace(query_of(question.text, index, FETCHED, vector), plain=old[question.text])
        near = corpus.nearest(new[question.text], EACH)
        found.append(
            AskedOf(
                source=source_of(question),
                vector=vector,
                candidates=ports.search.passages.candidates(query, near),
                gold_chunks=(),
                gold_keys=frozenset(gold_keys(question, plan.kb)),
            )
        )
    numbers = sorted({one.chunk_id for each in found for one in each.candidates})
    weights = ports.search.fitted.read(index).weights or DEFAULT_WEIGHTS
    now = document_ranks(found, _embeddings(found, numbers, index, ports), EACH, weights)
    # A new index begins with the default weights, and without an adapter.
    by_encoder = [
        replace(each, vector=new[question.text])
        for each, question in zip(found, asked, strict=True)
    ]
    return now, document_ranks(by_encoder, corpus.embeddings(numbers), EACH, DEFAULT_WEIGHTS)


def _embeddings(
    found: Sequence[AskedOf], numbers: Sequence[int], index: SearchIndex, ports: EncoderPorts
) -> Embeddings:
    keys = sorted({one.key for each in found for one in each.candidates})
    return Embeddings(
        chunks=ports.search.store.embeddings(index, numbers),
        documents=ports.search.store.document_embeddings(index, keys),
    )


class _GoldTexts:
    """Names the texts that answer beside the documents, so that none is on both sides."""

    def __init__(self, kb: KnowledgeBaseId, index: SearchIndex, ports: AdapterPorts) -> None:
        self._kb, self._index, self._store = kb, index, ports.store

    def named(self, questions: Sequence[Question]) -> list[Question]:
        keys = sorted({key for one in questions for key in gold_keys(one, self._kb)})
        chunks: defaultdict[str, list[Chunk]] = defaultdict(list)
        for chunk in self._store.chunks_of(self._index, keys):
            chunks[chunk[1]].append(chunk)
        return [self._named(one, chunks) for one in questions]

    def _named(self, question: Question, chunks: Mapping[str, Sequence[Chunk]]) -> Question:
        own = [one for key in gold_keys(question, self._kb) for one in chunks.get(key, ())]
        texts = {
            hashlib.sha256(text.encode()).hexdigest() for _, _, text in gold_chunks(question, own)
        }
        return replace(question, gold_documents=(*question.gold_documents, *sorted(texts)))


def _judged(
    trial: Trial, ranks: tuple[list[int], list[int]], verdict: Verdict, how: Resampling
) -> tuple[Judged, ...]:
    """MRR and hits on the questions that count, the encoder beside what answers now."""
    leaked = set(verdict.leaked)
    rows = [row for row, one in enumerate(trial.questions) if one.question_id not in leaked]
    if not rows:
        return ()
    values: dict[str, tuple[Sequence[float], Sequence[float]]]
    values = {"MRR": (trial.in_force, trial.candidate)}
    for k in _HITS:
        old, new = ([float(rank <= k) for rank in side] for side in ranks)
        values[f"hit@{k}"] = (old, new)
    return tuple(
        Judged(
            name=name,
            difference=difference(
                _observed(trial, rows, old), _observed(trial, rows, new), mean, how
            ),
        )
        for name, (old, new) in values.items()
    )


def _observed(trial: Trial, rows: Sequence[int], values: Sequence[float]) -> list[Observation]:
    return [
        Observation(
            question_id=trial.questions[row].question_id,
            cluster=trial.questions[row].cluster,
            value=values[row],
        )
        for row in rows
    ]
