"""A question whose embedding model is down, against a real Postgres."""

import threading
import time
from collections.abc import Sequence

import pytest

from footnote.ask import ask
from footnote.circuit_breaker import FAILURES_TO_OPEN
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError
from footnote.domain.passage import WORDS_ONLY
from footnote.embedding.port import Vector
from footnote.postgres import passages
from footnote.postgres.connection import Database
from footnote.retrieve import RetrievePorts, retrieve
from tests.asking import ask_ports, asked, seconds
from tests.fakes import FakeEmbedder
from tests.integration.postgres.test_passages import publish

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
