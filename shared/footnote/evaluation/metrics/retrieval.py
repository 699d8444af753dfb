"""Retrieval: whether the right documents and passages are found, and how far ahead."""

from collections.abc import Callable

from footnote.evaluation.estimators import Observation
from footnote.evaluation.metrics.metric import Metric, observed
from footnote.evaluation.metrics.relevance import document_relevance, passage_relevance
from footnote.evaluation.outcome import DEPTH, Outcome
from footnote.evaluation.ranking import hit, ndcg, recall, reciprocal_rank

HITS = (1, 3, 5, 10)


type _Relevance = Callable[[Outcome], tuple[list[bool], int] | None]


def _of(group: str, relevance: _Relevance) -> list[Metric]:
    def metric(name: str, judge: Callable[[list[bool], int], float]) -> Metric:
        def observe(outcome: Outcome) -> Observation | None:
            judged = relevance(outcome)
            return None if judged is None else observed(outcome, judge(*judged))

        return Metric(group=group, name=name, observe=observe)

    return [
        *(metric(f"hit@{k}", _hit_at(k)) for k in HITS),
        metric("MRR", lambda found, _: reciprocal_rank(found)),
        metric(f"nDCG@{DEPTH}", lambda found, total: ndcg(found, DEPTH, total)),
        metric(f"recall@{DEPTH}", lambda found, total: recall(found, DEPTH, total)),
    ]


def _hit_at(k: int) -> Callable[[list[bool], int], float]:
    return lambda found, _: hit(found, k)


RETRIEVAL = [
    *_of("documents found", document_relevance),
    *_of("passages found", passage_relevance),
]
