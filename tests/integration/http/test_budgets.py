"""Questions over the budget are refused before any model hears of them."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from footnote.answering.token_count import count_tokens
from footnote.circuit_breaker import CircuitBreaker
from footnote.domain.answer import Usage
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError, UnusableReplyError
from footnote.domain.model import EVERY_KB, Route
from footnote.domain.prompt import Completion, Prompt, write_claim
from footnote.embedding.port import Vector
from footnote.generation.recent_models import RecentModels
from footnote.http.api import build_api, whole
from footnote.metered_retrieval import EmbeddingPrice, RerankPrice
from footnote.postgres.connection import Database
from footnote.postgres.spending import PostgresSpending
from footnote.retrieval.reranking import Reranking
from tests.asking import FakeRegistry, ScriptedGenerator, a_model, cascade_ports
from tests.fakes import FakeEmbedder, FakeReranker
from tests.integration.http.test_api import BACKUPS, EVENT, Api, api, uploads  # noqa: F401
from tests.integration.postgres.test_passages import publish
from tests.wsgi import Context

pytestmark = pytest.mark.integration
QUESTION = {"question": "how long are backups kept?", "knowledge_base": "help"}
# A million tokens cost a thousand dollars, to make the sums easy to see.
PRICE = Decimal(1000)


class Counting:
    """A model that answers at once and counts how often it was asked."""

    model = "m"

    def __init__(self) -> None:
        self.calls = 0
        self._lock = threading.Lock()

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        del prompt, deadline_s
        with self._lock:
            self.calls += 1
        text = f"{BACKUPS} {write_claim(1, BACKUPS)}"
        return Completion(text=text, usage=Usage(input_tokens=100, output_tokens=20))

    def stream(self, prompt: Prompt, *, deadline_s: float, most_s: float | None = None):  # type: ignore[no-untyped-def]
        del most_s
        completion = self.generate(prompt, deadline_s=deadline_s)
        yield completion.text
        yield completion


def limited(api: Api, database: Database, model: Counting, budget: Decimal) -> Api:
    publish(database, "a.md", [BACKUPS])
    ask = api.ports.ask
    known = a_model("m", input_price=PRICE, output_price=PRICE, max_output_tokens=100)
    route = Route(kb=EVERY_KB, steps=("m",))
    registry = FakeRegistry(routes=[route], models=[known])
    limited_ask = replace(
        ask,
        models=RecentModels(registry, None),
        cascade=cascade_ports({"m": model}, ask.cascade.extractive),
        purse=PostgresSpending(database, budget),
        answers=None,
    )
    # A busy machine is no reason to be refused: who waits for the purse waits for others.
    return Api(replace(api.ports, ask=limited_ask, question_timeout_s=60))


OUTPUT = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
CHAT = {"model": "help", "messages": [{"role": "user", "content": QUESTION["question"]}]}
WAYS = {
    "ask": ("/v1/ask", QUESTION),
    "stream": ("/v1/ask/stream", QUESTION),
    "output": ("/v1/ask", QUESTION | {"output_schema": OUTPUT}),
    "chat": ("/v1/chat/completions", CHAT),
    "chat stream": ("/v1/chat/completions", CHAT | {"stream": True}),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_flood_never_spends_above_the_budget(api: Api, database: Database, way: str) -> None:
    model, budget = Counting(), Decimal(1)
    api_, (path, body) = limited(api, database, model, budget), WAYS[way]
    event = EVENT | {"path": path, "body": json.dumps(body)}

    def reply(_: int) -> str:
        return str(whole(build_api(api_.ports).resolve(event, Context()))["body"])  # type: ignore[arg-type]

    with ThreadPoolExecutor(6) as threads:
        replies = list(threads.map(reply, range(24)))
    spent = PostgresSpending(database, None).spent_today()
    assert spent == Decimal("0.12") * model.calls
    assert 0 < spent <= budget
    refused = [text for text in replies if "rate_limited" in text]
    assert all("budget" in text for text in refused)
    assert 0 < len(refused) < len(replies)
    if way != "output":  # what is no output is asked for once more
        failed = [text for text in replies if '"error"' in text or "event: error" in text]
        # Where the database is too slow to tell, nobody is answered nor charged.
        assert len(replies) - len(failed) == model.calls


def test_over_the_budget_the_model_is_not_called_and_the_reply_says_when_to_come_back(
    api: Api,
    database: Database,
) -> None:
    model = Counting()
    api_ = limited(api, database, model, Decimal("0.01"))
    status, _, headers = api_.call("POST", "/v1/ask", QUESTION)
    assert status == 429
    assert int(headers["Retry-After"][0]) > 0
    event = EVENT | {"path": "/v1/ask/stream", "body": json.dumps(QUESTION)}
    streamed = whole(build_api(api_.ports).resolve(event, Context()))  # type: ignore[arg-type]
    assert "event: error" in streamed["body"]
    assert "rate_limited" in streamed["body"]
    assert model.calls == 0
    # What needs no model is still there.
    assert api_.call("POST", "/v1/search", QUESTION)[0] == 200


def test_what_was_paid_for_is_shown_even_if_the_next_model_cannot_be_paid(
    api: Api,
    database: Database,
) -> None:
    publish(database, "a.md", [BACKUPS])
    ask = api.ports.ask
    cheap = a_model("cheap", input_price=Decimal(0), output_price=Decimal(0))
    dear = a_model("dear", input_price=PRICE, output_price=PRICE)
    models = {
        "cheap": ScriptedGenerator("cheap", ["No form at all."]),
        "dear": ScriptedGenerator("dear", [AssertionError("it was called")]),
    }
    registry = FakeRegistry(
        routes=[Route(kb=EVERY_KB, steps=("cheap", "dear"))], models=[cheap, dear]
    )
    poor = replace(
        ask,
        models=RecentModels(registry, None),
        cascade=cascade_ports(models, ask.cascade.extractive),
        purse=PostgresSpending(database, Decimal("0.01")),
    )
    status, reply, _ = Api(replace(api.ports, ask=poor)).call("POST", "/v1/ask", QUESTION)
    assert (status, reply["status"], reply["model"]) == (200, "answered", "extractive")


class CountingEmbedder(FakeEmbedder):
    """Counts what it was asked to embed, or refuses."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.texts = 0
        self._error = error

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.texts += len(texts)
        if self._error:
            raise self._error
        return super().embed(texts)


def embedding(api: Api, database: Database, model: CountingEmbedder, daily_usd: Decimal) -> Api:
    publish(database, "a.md", [BACKUPS])
    purse = PostgresSpending(database, daily_usd)
    retrieve = replace(
        api.ports.ask.retrieve,
        embedders=lambda _: model,
        price=EmbeddingPrice(purse=purse, usd=PRICE),
    )
    return Api(replace(api.ports, ask=replace(api.ports.ask, retrieve=retrieve)))


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask"])
def test_embeddings_of_questions_never_cost_more_than_the_budget(
    api: Api,
    database: Database,
    path: str,
) -> None:
    each = PRICE * count_tokens(QUESTION["question"]) / 1_000_000
    model, budget = CountingEmbedder(), each * 5
    asking = embedding(api, database, model, budget)
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda _: asking.call("POST", path, QUESTION), range(20)))
    assert [status for status, _, _ in replies] == [200] * 20
    assert model.texts == 5
    assert PostgresSpending(database, budget).spent_today() == each * 5
    # The others were found by their words alone, and say so.
    degraded = [reply["degraded"] for _, reply, _ in replies]
    assert (degraded.count(None), degraded.count("words_only")) == (5, 15)


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (None, 1),
        (ModelRefusedError("wrong key"), 0),
        (UnusableReplyError("no vector"), 1),
        (ModelUnavailableError("broke off"), 1),
    ],
)
def test_an_embedding_counts_unless_its_endpoint_cannot_have_charged_it(
    api: Api, database: Database, error: Exception | None, counted: int
) -> None:
    each = PRICE * count_tokens(QUESTION["question"]) / 1_000_000
    asking = embedding(api, database, CountingEmbedder(error), Decimal(1))
    assert asking.call("POST", "/v1/search", QUESTION)[0] == 200
    assert PostgresSpending(database, Decimal(1)).spent_today() == each * counted


def ranking(api: Api, database: Database, model: FakeReranker, daily_usd: Decimal) -> Api:
    publish(database, "a.md", [BACKUPS, "Backups are encrypted.", "Invoices are sent monthly."])
    price = RerankPrice(purse=PostgresSpending(database, daily_usd), usd=Decimal(2))
    reranking = Reranking(reranker=model, breaker=CircuitBreaker(), passages=50, price=price)
    retrieve = replace(api.ports.ask.retrieve, reranking=reranking)
    ask = replace(api.ports.ask, retrieve=retrieve)
    return Api(replace(api.ports, ask=ask, question_timeout_s=60))


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask"])
def test_reranking_never_costs_more_than_the_budget(
    api: Api, database: Database, path: str
) -> None:
    model, each = FakeReranker(), Decimal("0.002")
    asking = ranking(api, database, model, each * 5)
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda _: asking.call("POST", path, QUESTION), range(20)))
    assert [status for status, _, _ in replies] == [200] * 20
    assert len(model.patience) == 5
    assert PostgresSpending(database, None).spent_today() == each * 5
    # Passages of the others stay in the order of the search, and that is said.
    degraded = [reply["degraded"] for _, reply, _ in replies]
    assert (degraded.count(None), degraded.count("not_reranked")) == (5, 15)


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (ModelRefusedError("wrong key"), 0),
        (UnusableReplyError("no scores"), 1),
        (ModelUnavailableError("broke off"), 1),
    ],
)
def test_reranking_counts_unless_its_endpoint_cannot_have_charged_it(
    api: Api, database: Database, error: Exception, counted: int
) -> None:
    asking = ranking(api, database, FakeReranker(error), Decimal(1))
    assert asking.call("POST", "/v1/search", QUESTION)[0] == 200
    assert PostgresSpending(database, None).spent_today() == Decimal("0.002") * counted
