"""All that the API does for a knowledge base, it does as a role that sees no other one."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, override
from uuid import uuid4

import pytest

from footnote.access.door import Door
from footnote.answer_cache import AnswerCache
from footnote.domain.access import KeyKind, Limits, NewKey
from footnote.domain.document import document_id_of
from footnote.domain.model import EVERY_KB, Route
from footnote.generation.recent_models import RecentModels
from footnote.http.api import build_api
from footnote.http.application import build_stream
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.answers import PostgresAnswers
from footnote.postgres.connection import Connection, Database
from footnote.postgres.conversations import PostgresConversations
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.models import PostgresModels
from footnote.postgres.spending import PostgresSpending
from tests.asking import a_model
from tests.integration.http.test_api import EVENT, Api, api, uploads  # noqa: F401
from tests.integration.postgres.test_answers import BACKUPS, OTHERS, QUESTION, QuotingModel
from tests.integration.postgres.test_passages import publish
from tests.owner_queries import IN_THE_API, listed_owner_queries
from tests.wsgi import Context

pytestmark = pytest.mark.integration
A_DAY = timedelta(days=1)
INSIDE = {"Database.run_within", "Database.transaction"}
ASKED: dict[str, object] = {"question": QUESTION, "knowledge_base": "help"}
UNANSWERED = "/v1/questions/unanswered"
MODEL = a_model("small", input_price=1, output_price=1)


class WatchedDatabase(Database):
    """Notes which methods ask for a connection of the owner's."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.owners: set[str] = set()

    @override
    def transaction(self) -> AbstractContextManager[Connection]:  # type: ignore[override]
        self.owners.add(sys._getframe(1).f_code.co_qualname)
        return super().transaction()

    @override
    def autocommit(self) -> AbstractContextManager[Connection]:  # type: ignore[override]
        self.owners.add(sys._getframe(1).f_code.co_qualname)
        return super().autocommit()


@pytest.fixture
def database(database_url: str) -> Iterator[WatchedDatabase]:
    opened = WatchedDatabase(database_url)
    yield opened
    opened.close()


class Caller:
    """Calls the API with a key whose spending is limited, with all that a deployment has."""

    def __init__(self, api: Api, database: Database) -> None:
        publish(database, "a.md", [BACKUPS, *OTHERS])
        PostgresModels(database).add(MODEL)
        PostgresModels(database).set_route(Route(kb=EVERY_KB, steps=("small",)))
        keys = PostgresAccessKeys(database)
        limits = Limits(requests_per_minute=1000, tokens_per_minute=10**9, daily_usd=100)  # type: ignore[arg-type]
        self._key = keys.add(NewKey(kind=KeyKind.SECRET, name="n", limits=limits))
        # One with limits makes no keys.
        self._free = keys.add(NewKey(kind=KeyKind.SECRET, name="free", limits=Limits()))
        answers = PostgresAnswers(database, oldest=A_DAY, most=9)
        purse = PostgresSpending(database, Decimal(100))
        ask = replace(
            api.ports.ask,
            ledger=PostgresLedger(database),
            models=RecentModels(PostgresModels(database), None),
            cascade=replace(api.ports.ask.cascade, generators=lambda _: QuotingModel()),
            purse=purse,
            answers=AnswerCache(answers=answers),
            conversations=PostgresConversations(database, oldest=A_DAY, turns=3),
        )
        ports = replace(api.ports, door=Door(keys), ask=ask, budgets=purse.budgets)
        self._apps = {True: build_stream(ports), False: build_api(ports)}

    def call(self, method: str, path: str, body: object = None, **query: str) -> Any:
        key = self._free if path.startswith("/v1/keys") else self._key
        sent = {"Content-Type": "application/json", "authorization": f"Bearer {key}"}
        event = EVENT | {
            "httpMethod": method,
            "path": path,
            "body": json.dumps(body) if body else None,
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
            "queryStringParameters": query or None,
            "multiValueQueryStringParameters": {name: [value] for name, value in query.items()}
            or None,
        }
        reply = self._apps[path.endswith("/stream")].resolve(event, Context())  # type: ignore[arg-type]
        text = (
            reply["body"] if isinstance(reply["body"], str) else "".join(map(_text, reply["body"]))
        )
        assert reply["statusCode"] < 500, (method, path, text)
        return json.loads(text) if text.startswith("{") else text


def _tool(name: str, arguments: dict[str, str]) -> dict[str, object]:
    called = {"name": name, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": called}


def _text(part: str | bytes) -> str:
    return part if isinstance(part, str) else part.decode()


def test_the_api_asks_as_the_owner_for_what_is_listed_alone(
    api: Api,
    database: WatchedDatabase,
    uploads: Any,
) -> None:
    uploads.current = "v1"
    caller = Caller(api, database)
    database.owners.clear()
    documents = f"/v1/documents/{document_id_of('help/a.md')}"
    called = set()

    def call(method: str, template: str, body: object = None, path: str = "", **query: str) -> Any:
        called.add((method, template))
        return caller.call(method, path or template, body, **query)

    call("GET", "/healthz")
    call("POST", "/v1/search", ASKED)
    told = call("POST", "/v1/ask", ASKED)
    assert told["citations"]
    call("POST", "/v1/ask", ASKED | {"conversation_id": told["conversation_id"]})
    call("POST", "/v1/ask/stream", ASKED)
    call("POST", "/v1/feedback", {"question_id": told["question_id"], "rating": "down"})
    conversation = f"/v1/conversations/{told['conversation_id']}"
    call("GET", "/v1/documents", knowledge_base="help")
    call("GET", "/v1/documents/await", key="help/a.md", version_id="v1", timeout_s="0")
    call("GET", "/v1/documents/{document_id}", path=documents)
    call("GET", "/v1/documents/{document_id}/chunks", path=f"{documents}/chunks")
    call("POST", "/v1/documents", {"knowledge_base": "help", "name": "b.md"})
    settings = "/v1/knowledge-bases/help/settings"
    call("GET", "/v1/knowledge-bases/{name}/settings", path=settings)
    call("PUT", "/v1/knowledge-bases/{name}/settings", {"persona": "x"}, path=settings)
    call("GET", "/v1/models")
    call("GET", "/v1/usage")
    call("GET", "/v1/keys")
    new = {"name": "b", "kind": "secret"}
    key = f"/v1/keys/{call('POST', '/v1/keys', new)['key_id']}"
    call("POST", "/v1/keys/{key_id}/rotate", {"grace_hours": 1}, path=f"{key}/rotate")
    call("DELETE", "/v1/keys/{key_id}", path=key)
    call("GET", "/v1/models/{model}", path="/v1/models/help")
    chat = {"model": "help", "messages": [{"role": "user", "content": QUESTION}]}
    assert call("POST", "/v1/chat/completions", chat)["choices"]
    call("GET", "/v1/recall", knowledge_base="help")
    assert call("GET", UNANSWERED, knowledge_base="help")["clusters"]
    decision = {"knowledge_base": "help", "state": "dismissed"}
    call("POST", f"{UNANSWERED}/{{cluster_id}}", decision, path=f"{UNANSWERED}/{uuid4()}")
    golden = call("POST", "/v1/golden", ASKED)["golden_id"]
    place, here = f"/v1/golden/{golden}", {"knowledge_base": "help"}
    call("GET", "/v1/golden", knowledge_base="help")
    call("POST", "/v1/golden/{golden_id}/run", here, path=f"{place}/run")
    call("POST", "/v1/golden/{golden_id}/accept", here, path=f"{place}/accept")
    call("DELETE", "/v1/golden/{golden_id}", path=place, **here)
    assert call("GET", "/v1/questions", kind="asked", knowledge_base="help")["questions"]
    label = f"/v1/questions/{told['question_id']}/label"
    template = "/v1/questions/{question_id}/label"
    found = call("POST", "/v1/search", ASKED)["passages"][0]
    passages = [{"key": found["key"], "text": found["text"]}]
    call("PUT", template, here | {"answer": "x", "passages": passages}, path=label)
    call("DELETE", template, path=label, **here)
    call("POST", "/v1/classify", here | {"text": QUESTION})
    found = caller.call("POST", "/mcp/help", _tool("search", {"query": QUESTION}))["result"]
    (best, *_) = found["structuredContent"]["results"]
    assert caller.call("POST", "/mcp/help", _tool("fetch", {"id": best["id"]}))["result"]
    retrieval = {"retrievalQuery": {"text": QUESTION}}
    assert caller.call("POST", "/bedrock/knowledgebases/footnote:help/retrieve", retrieval)
    call("POST", "/v1/documents/{document_id}/retry", path=f"{documents}/retry")
    call("DELETE", "/v1/documents/{document_id}", path=documents)
    call("DELETE", "/v1/conversations/{conversation_id}", path=conversation)
    schema = call("GET", "/openapi.json")
    every = {(verb.upper(), path) for path, verbs in schema["paths"].items() for verb in verbs}
    assert called >= every
    assert database.owners - INSIDE == set(listed_owner_queries(IN_THE_API))
