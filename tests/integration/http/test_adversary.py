"""Whoever writes in the model's place reaches nobody: not by `/v1/ask`."""

import json
from collections import Counter
from typing import Any

import pytest

from footnote.generation.hosted import HostedGenerator
from footnote.http.api import build_api
from footnote.postgres.connection import Database
from tests.adversary import (
    DOCUMENT,
    FOREIGN_DOCUMENT,
    QUESTION,
    TRUE_SENTENCE,
    Payload,
    leaks,
    payloads,
)
from tests.asking import a_model
from tests.integration.http.test_api import EVENT, Api, api, uploads  # noqa: F401
from tests.integration.postgres.test_passages import publish
from tests.openai_test_server import ChatReply, OpenAITestServer
from tests.wsgi import Context

pytestmark = pytest.mark.integration
ASKED = EVENT | {
    "httpMethod": "POST",
    "path": "/v1/ask",
    "body": json.dumps({"question": QUESTION, "knowledge_base": "help"}),
}


def test_the_payloads_are_of_every_kind_and_none_comes_twice() -> None:
    every = payloads()
    assert len({payload.text for payload in every}) >= 495
    assert min(Counter(payload.kind for payload in every).values()) >= 10


def test_nothing_that_an_attacker_writes_in_the_models_place_reaches_the_reply(
    api: Api,
    database: Database,
) -> None:
    publish(database, "a.md", [DOCUMENT])
    publish(database, "b.md", [FOREIGN_DOCUMENT], kb="finance")
    said = ""
    with OpenAITestServer(chat=lambda _: ChatReply(text=said)) as server:
        generator = HostedGenerator(a_model("test-model", server.base_url), api_key="k")
        app = build_api(api.with_generator(generator).ports)
        reached: list[tuple[Payload, list[str]]] = []
        for payload in payloads():
            said = payload.text
            reply: dict[str, Any] = app.resolve(ASKED, Context())  # type: ignore[arg-type]
            content = json.loads(reply["body"])
            assert reply["statusCode"] == 200, (payload.kind, payload.text[:200], content)
            if found := leaks(content["answer"], content["citations"]):
                reached.append((payload, found))
            if payload.wrapping in {"beside the truth", "behind the truth"}:
                assert TRUE_SENTENCE[:-1] in content["answer"]
        assert len(server.requests) >= 500
    assert [(one.kind, one.wrapping, one.text[:120], found) for one, found in reached] == []
