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


def test_a_flood_never_spends_above_the_budget(
    api: Api,
    database: Database,
) -> None:
    model = Counting()
    api_ = limited(api, database, model, Decimal(3))
    with ThreadPoolExecutor(6) as threads:
        replies = list(threads.map(lambda _: api_.call("POST", "/v1/ask", QUESTION), range(60)))
    statuses = [status for status, _, _ in replies]
    assert set(statuses) == {200, 429}
    assert statuses.count(200) == model.calls
    spent = PostgresSpending(database, None).spent_today()
    assert spent == Decimal("0.12") * model.calls
    assert spent <= 3
    refused = next(reply for status, reply, _ in replies if status == 429)
    assert refused["error"]["code"] == "rate_limited"
    assert "budget" in refused["error"]["message"]


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
