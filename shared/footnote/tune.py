"""Getting better: fit an index to a question set, and keep only what is shown to be better.

Weights and calibration are chosen on some questions and judged on others, of other documents. What
is not shown to be better than the default there changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.domain.fusion import DEFAULT_WEIGHTS, Fitted, Weights
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import SearchIndex
from footnote.embedding.port import Embedder, Embedders, Vector
from footnote.embedding.query_adapter import KnownAdapters
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.gate import FEWEST_DOCUMENTS, FEWEST_QUESTIONS
from footnote.evaluation.question_set import Question
from footnote.fit_calibration import CalibrationReport, fit_calibration
from footnote.fit_weights import WeightsReport, fit_weights
from footnote.judged import source_of
from footnote.retrieval.port import ActiveIndexes, CandidateSearch, Query
from footnote.retrieve import adapted, query_of
from footnote.tuning.fusion import RankedQuestion

# Passages that answering reads at most, or nearly so; the evidence does not depend on it.
_SEARCHED = 10


class FittedStore(Protocol):
    """What was fitted to indexes."""

    def read(self, index: SearchIndex) -> Fitted:
        """What is in force for an index."""
        ...

    def write(self, index: SearchIndex, fitted: Fitted) -> None:
        """Put it in force, from the next question on.

        Raises:
            NotFoundError: the index was dropped meanwhile.
        """
        ...

    def held(self, index: SearchIndex, keys: Sequence[str]) -> set[str]:
        """Which of these documents the index holds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TunePorts:
    """What tuning needs from outside."""

    indexes: ActiveIndexes
    embedders: Embedders
    adapters: KnownAdapters
    passages: CandidateSearch
    fitted: FittedStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to tune by which questions; `searched` is called before each search, with their number.

    Folds and resamples are drawn by the `seed`.
    """

    kb: KnowledgeBaseId
    questions: Sequence[Question]
    seed: int
    searched: Callable[[int], None] = lambda _: None

    def ranked(self) -> list[Question]:
        """Questions whose documents can be looked for."""
        return [one for one in self.questions if one.answerable and one.gold_documents]

    def out_of_corpus(self) -> list[Question]:
        """Other subjects' questions; without any, those that the set labels unanswerable."""
        against = [one for one in self.questions if not one.answerable]
        return [one for one in against if one.is_foreign] or against


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What came of it; `before` and `after` are what is in force, where it is written.

    `left_out` questions lack their documents; `uncalibrated` says why no calibration was tried.
    """

    index: SearchIndex
    questions: int
    documents: int
    left_out: int
    weights: WeightsReport
    calibration: CalibrationReport | None
    uncalibrated: str
    before: Fitted
    after: Fitted


def tune(plan: Plan, ports: TunePorts) -> Tuning:
    """Fit weights and a calibration to the index that answers; nothing is written.

    Raises:
        NotFoundError: the knowledge base has no documents.
        UnprocessableError: too few questions, or none whose documents the index holds.
        TransientError: the database or the embedding model is down.
    """
    index = active_index(plan.kb, ports.indexes)
    asked, against = answerable(plan, index, ports.fitted), plan.out_of_corpus()
    uncalibrated = _too_few_to_calibrate(against)
    every = asked if uncalibrated else [*asked, *against]
    searching = _Searching(
        plan=plan,
        index=index,
        ports=ports,
        vectors=embedded(every, ports.embedders(index.form.model)),
        searches=len(asked) if uncalibrated else len(asked) + len(every),
    )
    before, how = ports.fitted.read(index), Resampling(seed=plan.seed)
    weights = fit_weights(asked, [searching.ranked(one) for one in asked], how)
    in_force = weights.chosen if weights.better else before.weights
    calibration = None
    if not uncalibrated:
        found = [searching.found(one, in_force or DEFAULT_WEIGHTS) for one in every]
        calibration = fit_calibration(every, found, how)
    fitted = calibration.chosen if calibration and calibration.better else before.calibration
    return Tuning(
        index=index,
        questions=len(asked),
        documents=len({one.cluster for one in asked}),
        left_out=len(plan.ranked()) - len(asked),
        weights=weights,
        calibration=calibration,
        uncalibrated=uncalibrated,
        before=before,
        after=Fitted(weights=in_force, calibration=fitted),
    )


def active_index(kb: KnowledgeBaseId, indexes: ActiveIndexes) -> SearchIndex:
    """The index that answers.

    Raises:
        NotFoundError: there is none.
    """
    index = indexes.active(kb)
    if not index.index_id:
        message = f"there is no knowledge base {kb} with documents"
        raise NotFoundError(message)
    return index


@dataclass(frozen=True, slots=True, kw_only=True)
class _Searching:
    """Searches as questions are searched for."""

    plan: Plan
    index: SearchIndex
    ports: TunePorts
    vectors: Mapping[str, Vector]
    searches: int

    def ranked(self, question: Question) -> RankedQuestion:
        return RankedQuestion(
            source=source_of(question),
            candidates=self.ports.passages.candidates(self._query(question)),
            gold=frozenset(gold_keys(question, self.plan.kb)),
        )

    def found(self, question: Question, weights: Weights) -> Retrieval:
        return self.ports.passages.search(replace(self._query(question), weights=weights))

    def _query(self, question: Question) -> Query:
        self.plan.searched(self.searches)
        vector = self.vectors[question.text]
        query = query_of(question.text, self.index, _SEARCHED, vector)
        return adapted(query, self.ports.adapters)


def embedded(questions: Sequence[Question], embedder: Embedder) -> dict[str, Vector]:
    """Each text once, as many at a time as the model takes."""
    texts = list(dict.fromkeys(question.text for question in questions))
    return dict(zip(texts, embedder.embed(texts), strict=True))


def gold_keys(question: Question, kb: KnowledgeBaseId) -> list[str]:
    """The keys of the documents that answer."""
    return [f"{kb}/{name}" for name in question.gold_documents]


def answerable(plan: Plan, index: SearchIndex, fitted: FittedStore) -> list[Question]:
    """The questions of which the index holds a document that answers.

    Raises:
        UnprocessableError: there are none, or too few.
    """
    ranked = plan.ranked()
    keys = {key for question in ranked for key in gold_keys(question, plan.kb)}
    held = fitted.held(index, sorted(keys))
    asked = [one for one in ranked if not held.isdisjoint(gold_keys(one, plan.kb))]
    if ranked and not asked:
        message = (
            f"{plan.kb} holds none of the {len(keys)} documents that the questions are about, such"
            f" as {min(keys)}: name another --knowledge-base, or upload them"
        )
        raise UnprocessableError(message)
    documents = len({one.cluster for one in asked})
    if len(asked) < FEWEST_QUESTIONS or documents < FEWEST_DOCUMENTS:
        message = (
            f"tuning needs {FEWEST_QUESTIONS} answerable questions with gold_docs, made from"
            f" {FEWEST_DOCUMENTS} documents that {plan.kb} holds; these are {len(asked)}, made from"
            f" {documents}"
        )
        raise UnprocessableError(message)
    return asked


def _too_few_to_calibrate(against: Sequence[Question]) -> str:
    if len(against) >= FEWEST_QUESTIONS:
        return ""
    return (
        f"a calibration needs {FEWEST_QUESTIONS} questions that the documents do not answer, there"
        f" are {len(against)}: --foreign gives another subject's"
    )
