"""A question whose embedding model is down, against a real Postgres."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from footnote.ask import ask
from footnote.circuit_breaker import FAILURES_TO_OPEN, CircuitBreaker
from footnote.domain.errors import (
    DatabaseUnavailableError,
    ModelRefusedError,
    ModelUnavailableError,
)
from footnote.domain.passage import NOT_RERANKED, WORDS_ONLY
from footnote.embedding.port import Vector
from footnote.postgres import passages
from footnote.postgres.connection import Database
from footnote.retrieval.hosted_reranker import HostedReranker
from footnote.retrieval.port import Reranker
from footnote.retrieval.reranking import Reranking
from footnote.retrieve import RetrievePorts, retrieve
from tests.asking import ask_ports, asked, seconds
from tests.fakes import FakeEmbedder, FakeReranker
from tests.integration.postgres.test_passages import publish
from tests.openai_test_server import Fault, body, hang, status
from tests.rerank_test_server import RerankTestServer

pytestmark = pytest.mark.integration
BACKUPS = "Backups are kept for thirty days in every region."
INVOICES = "Invoices are sent at the end of each month."
QUESTION = "how long are backups kept?"


class BrokenEmbedder(FakeEmbedder):
    """Raises an error, or never answers where there is none."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__()
        self.calls = 0
        self._error = error

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.calls += 1
        if self._error:
            raise self._error
        threading.Event().wait(30)
        return super().embed(texts)


def ports(database: Database, embedder: FakeEmbedder) -> RetrievePorts:
    return ask_ports(database, embedders=lambda _: embedder).retrieve


@pytest.mark.parametrize("exact_below", [passages.EXACT_BELOW, 0])
@pytest.mark.parametrize(
    "error",
    [ModelUnavailableError("down"), ModelRefusedError("wrong key")],
    ids=["down", "refused"],
)
def test_passages_are_found_by_their_words_alone(
    database: Database,
    error: Exception,
    exact_below: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passages, "EXACT_BELOW", exact_below)
    publish(database, "a.md", [BACKUPS, INVOICES])
    found = retrieve(asked(QUESTION), ports(database, BrokenEmbedder(error)), seconds())
    assert [passage.text for passage in found.passages] == [BACKUPS]
    assert (found.degraded, found.passages[0].cosine) == (WORDS_ONLY, 0.0)


def test_a_model_that_never_answers_takes_its_share_of_the_time_and_no_more(
    database: Database,
) -> None:
    publish(database, "a.md", [BACKUPS])
    began = time.perf_counter()
    found = retrieve(asked(QUESTION), ports(database, BrokenEmbedder(None)), seconds(5))
    assert found.degraded == WORDS_ONLY
    assert 0.9 < time.perf_counter() - began < 3


def test_the_answer_says_that_it_rests_on_a_search_by_words(database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    broken = BrokenEmbedder(ModelUnavailableError("down"))
    reply = ask(asked(QUESTION), ask_ports(database, embedders=lambda _: broken), seconds())
    assert (reply.answer.text, reply.retrieval.degraded) == (f"{BACKUPS} [1]", WORDS_ONLY)


def test_what_no_word_speaks_of_is_still_declined(database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    broken = BrokenEmbedder(ModelUnavailableError("down"))
    question = asked("who won the chess olympiad in 1972?")
    reply = ask(question, ask_ports(database, embedders=lambda _: broken), seconds())
    assert (reply.answer.status.value, reply.model) == ("declined", "none")
    assert reply.cost_usd == 0


def test_a_model_that_keeps_failing_is_left_alone_for_a_while(database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    broken = BrokenEmbedder(ModelUnavailableError("down"))
    running = ports(database, broken)
    for _ in range(FAILURES_TO_OPEN + 3):
        assert retrieve(asked(QUESTION), running, seconds()).passages
    assert broken.calls == FAILURES_TO_OPEN


def reranked(database: Database, reranker: Reranker, depth: int = 50) -> RetrievePorts:
    reranking = Reranking(reranker=reranker, breaker=CircuitBreaker(), passages=depth)
    return replace(ports(database, FakeEmbedder()), reranking=reranking)


class Contrary(FakeReranker):
    """Prefers what the search found last."""

    def rerank(self, question: str, texts: Sequence[str], *, deadline_s: float) -> list[float]:
        super().rerank(question, texts, deadline_s=deadline_s)
        self.read = list(texts)
        return [float(number) for number, _ in enumerate(texts)]


def test_a_reranker_chooses_from_more_passages_than_are_asked_for(database: Database) -> None:
    publish(database, "a.md", [f"backups are kept, part {number}" for number in range(30)])
    plain = retrieve(asked(QUESTION, top_k=20), ports(database, FakeEmbedder()), seconds())
    contrary = Contrary()
    found = retrieve(asked(QUESTION, top_k=3), reranked(database, contrary, 20), seconds())
    assert len(contrary.read) == 20
    assert [one.text for one in found.passages] == [
        one.text for one in reversed(plain.passages[-3:])
    ]
    assert found.evidence == plain.evidence


def test_no_more_passages_are_sent_than_it_chooses_from_or_are_asked_for(
    database: Database,
) -> None:
    publish(database, "a.md", [f"backups are kept, part {number}" for number in range(30)])
    contrary = Contrary()
    running = reranked(database, contrary, 5)
    for top_k, sent in ((2, 5), (8, 8)):
        assert len(retrieve(asked(QUESTION, top_k=top_k), running, seconds()).passages) == top_k
        assert len(contrary.read) == sent


@pytest.mark.parametrize("fault", [hang, status(429), body(b"<html>")], ids=["hang", "429", "html"])
def test_an_answer_comes_in_time_from_the_fused_order_while_the_reranker_is_down(
    database: Database, fault: Fault
) -> None:
    publish(database, "a.md", [BACKUPS, INVOICES])
    with RerankTestServer() as server:
        reranker = HostedReranker(base_url=server.base_url, api_key="", model="m")
        running = ask_ports(database)
        running = replace(running, retrieve=reranked(database, reranker))
        # The first question of a process pays for the client's import.
        before = ask(asked(QUESTION), running, seconds())
        server.faults.append(fault)
        began = time.perf_counter()
        reply = ask(asked(QUESTION), running, seconds(5))
        assert time.perf_counter() - began < 3
        again = ask(asked(QUESTION), running, seconds())
    assert (reply.answer.text, reply.retrieval.degraded) == (f"{BACKUPS} [1]", NOT_RERANKED)
    assert before.retrieval.degraded is again.retrieval.degraded is None
    assert again.retrieval.passages[0].relevance is not None


def test_a_search_that_postgres_does_not_end_is_given_up_within_the_deadline(
    database: Database,
) -> None:
    publish(database, "a.md", [BACKUPS])
    asking = ask_ports(database)
    began = time.perf_counter()
    with database.transaction() as connection:
        connection.execute("lock table chunk_search in access exclusive mode")
        with pytest.raises(DatabaseUnavailableError, match="longer than it may"):
            ask(asked(QUESTION), asking, seconds(2.0))
    assert time.perf_counter() - began < 2.0
    assert ask(asked(QUESTION), asking, seconds()).answer.citations
