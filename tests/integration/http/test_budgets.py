"""Questions over the budget are refused before any model hears of them."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from footnote.domain.answer import Usage
from footnote.domain.model import EVERY_KB, Route
from footnote.domain.prompt import Completion, Prompt, write_claim
from footnote.generation.recent_models import RecentModels
from footnote.http.api import build_api, whole
from footnote.postgres.connection import Database
from footnote.postgres.spending import PostgresSpending
from tests.asking import FakeRegistry, ScriptedGenerator, a_model, cascade_ports
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

    def stream(self, prompt: Prompt, *, deadline_s: float):  # type: ignore[no-untyped-def]
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
    return Api(replace(api.ports, ask=limited_ask))


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
        assert len(replies) - len(refused) == model.calls


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
