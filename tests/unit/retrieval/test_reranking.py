"""Reranking: another order where the reranker answers, and the same where it does not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from footnote.circuit_breaker import FAILURES_TO_OPEN, CircuitBreaker
from footnote.domain.deadline import Deadline
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError
from footnote.domain.passage import NOT_RERANKED, WORDS_ONLY, Evidence, Retrieval
from footnote.retrieval.in_corpus import in_corpus_probability
from footnote.retrieval.reranking import LONGEST_S, SHARE, Reranking
from tests.asking import asked
from tests.fakes import FakeReranker
from tests.unit.retrieval.test_in_corpus import found

QUESTION = asked("how long are backups kept")
TEXTS = ("Invoices are sent monthly.", "Nothing.", "How long backups are kept: thirty days.")


def retrieval(*texts: str, degraded: str | None = None) -> Retrieval:
    (one,) = found(0.6, 0.8).passages
    return Retrieval(
        passages=tuple(
            replace(one, text=text, rank=rank, score=1 / rank)
            for rank, text in enumerate(texts, start=1)
        ),
        index_as_of=datetime.now(UTC),
        evidence=Evidence(cosine=0.6, coverage=0.8, bm25=0.8, margin=0.1),
        embedding_model="all-MiniLM-L6-v2",
        degraded=degraded,
    )


def reranking(reranker: FakeReranker, breaker: CircuitBreaker | None = None) -> Reranking:
    return Reranking(reranker=reranker, breaker=breaker or CircuitBreaker(), passages=50)


def soon(seconds: float = 25.0) -> Deadline:
    return Deadline.within(seconds, clock=lambda: 0.0)


def test_passages_come_in_the_rerankers_order_with_what_it_said() -> None:
    before = retrieval(*TEXTS)
    after = reranking(FakeReranker()).reranked(QUESTION, before, soon())
    assert [one.text for one in after.passages] == [TEXTS[2], TEXTS[0], TEXTS[1]]
    assert [one.rank for one in after.passages] == [1, 2, 3]
    assert [one.relevance for one in after.passages] == [1.0, 0.2, 0.0]
    assert [one.score for one in after.passages] == [1 / 3, 1, 1 / 2]
    assert after.degraded is None


def test_what_it_takes_for_equal_stays_in_the_fused_order() -> None:
    before = retrieval("one", "two", "three")
    assert reranking(FakeReranker()).reranked(QUESTION, before, soon()).passages == tuple(
        replace(one, relevance=0.0) for one in before.passages
    )


def test_whether_the_documents_tell_is_decided_as_before() -> None:
    before = retrieval(*TEXTS)
    after = reranking(FakeReranker()).reranked(QUESTION, before, soon())
    assert after.evidence == before.evidence
    assert in_corpus_probability(after) == in_corpus_probability(before)


@pytest.mark.parametrize(
    "error", [ModelUnavailableError("down"), ModelRefusedError("garbage")], ids=["down", "refused"]
)
def test_where_it_fails_the_fused_order_stays_and_that_is_said(error: Exception) -> None:
    before = retrieval(*TEXTS)
    after = reranking(FakeReranker(error)).reranked(QUESTION, before, soon())
    assert after == replace(before, degraded=NOT_RERANKED)


def test_what_else_had_to_be_gone_without_is_said_beside_it() -> None:
    broken = reranking(FakeReranker(ModelUnavailableError("down")))
    words = retrieval(*TEXTS, degraded=WORDS_ONLY)
    assert broken.reranked(QUESTION, words, soon()).degraded == "words_only,not_reranked"
    assert reranking(FakeReranker()).reranked(QUESTION, words, soon()).degraded == WORDS_ONLY


def test_it_has_a_share_of_the_time_and_no_more() -> None:
    reranker = FakeReranker()
    for seconds in (4.0, 25.0):
        reranking(reranker).reranked(QUESTION, retrieval(*TEXTS), soon(seconds))
    assert reranker.patience == [pytest.approx(4 * SHARE), LONGEST_S]


def test_one_that_keeps_failing_is_left_alone_for_a_while() -> None:
    reranker = FakeReranker(ModelRefusedError("garbage"))
    running = reranking(reranker)
    told = [
        running.reranked(QUESTION, retrieval(*TEXTS), soon()).degraded
        for _ in range(FAILURES_TO_OPEN + 4)
    ]
    assert len(reranker.patience) == FAILURES_TO_OPEN
    assert set(told) == {NOT_RERANKED}


def test_one_that_asks_for_time_gets_it() -> None:
    now = [0.0]
    reranker = FakeReranker(ModelUnavailableError("busy", retry_after_s=30))
    running = reranking(reranker, CircuitBreaker(lambda: now[0]))
    running.reranked(QUESTION, retrieval(*TEXTS), soon())
    now[0] = 29.0
    assert running.reranked(QUESTION, retrieval(*TEXTS), soon()).degraded == NOT_RERANKED
    reranker.error, now[0] = None, 31.0
    assert running.reranked(QUESTION, retrieval(*TEXTS), soon()).degraded is None
    assert len(reranker.patience) == 2


@pytest.mark.parametrize("texts", [(), ("alone",)])
def test_where_there_is_nothing_to_put_in_order_it_is_not_asked(texts: tuple[str, ...]) -> None:
    reranker = FakeReranker()
    before = retrieval(*texts)
    assert reranking(reranker).reranked(QUESTION, before, soon()) == before
    assert reranker.patience == []


def test_it_reads_where_a_passage_stands_as_well() -> None:
    before = retrieval("Thirty days.", "Sixty days.")
    second = replace(before.passages[1], title="Backups", heading_path=("How long", "kept"))
    before = replace(before, passages=(before.passages[0], second))
    after = reranking(FakeReranker()).reranked(QUESTION, before, soon())
    assert after.passages[0].text == "Sixty days."
