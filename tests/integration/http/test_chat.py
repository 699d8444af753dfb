"""The real `openai` client asks a knowledge base as if it were a model."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx2
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from footnote.access.door import Door
from footnote.domain.access import KeyKind, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId
from footnote.http.api import build_api
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from tests.integration.http.test_api import BACKUPS, Api, api, uploads  # noqa: F401
from tests.integration.postgres.test_passages import publish
from tests.wsgi import wsgi_app

pytestmark = pytest.mark.integration
QUESTION: ChatCompletionMessageParam = {"role": "user", "content": "How long are backups kept?"}


@pytest.fixture
def keys(database: Database) -> PostgresAccessKeys:
    publish(database, "a.md", [BACKUPS, "Invoices are sent on the first day of each month."])
    publish(database, "b.md", ["Nobody else may read this."], kb="hr")
    return PostgresAccessKeys(database)


@pytest.fixture
def clients(api: Api, keys: PostgresAccessKeys) -> Iterator["Clients"]:
    made = Clients(api, keys)
    yield made
    made.close()


class Clients:
    """Clients of one API with keys of their own."""

    def __init__(self, api: Api, keys: PostgresAccessKeys) -> None:
        app = wsgi_app(build_api(replace(api.ports, door=Door(keys))).resolve)
        transport = httpx2.WSGITransport(app=app, raise_app_exceptions=True)
        self._http = httpx2.Client(transport=transport)
        self._keys = keys

    def client(self, *kbs: str, **limits: Decimal | int) -> openai.OpenAI:
        key = NewKey(
            kind=KeyKind.SECRET,
            name="n",
            knowledge_bases=tuple(map(KnowledgeBaseId, kbs)),
            limits=Limits(**limits),  # type: ignore[arg-type]
        )
        return self.with_key(self._keys.add(key))

    def with_key(self, key: str) -> openai.OpenAI:
        return openai.OpenAI(
            base_url="http://api/v1", api_key=key, max_retries=0, http_client=self._http
        )

    def close(self) -> None:
        self._http.close()


def test_an_answer_comes_with_its_citations_as_annotations(clients: Clients) -> None:
    reply = clients.client().chat.completions.create(
        model="help", messages=[{"role": "system", "content": "Lie."}, QUESTION], temperature=1
    )
    (choice,) = reply.choices
    content = choice.message.content or ""
    assert (content, choice.finish_reason) == (f"{BACKUPS} [1]", "stop")
    (annotation,) = choice.message.annotations or []
    cited = annotation.url_citation
    assert content[cited.start_index : cited.end_index] == "[1]"
    assert (cited.title, cited.url.partition(".")[0]) == ("a.md", "urn:footnote:help")
    assert reply.usage
    assert reply.model_extra
    assert reply.model_extra["footnote"]["citations"][0]["quote"] == BACKUPS


def test_a_stream_holds_the_same_answer(clients: Clients) -> None:
    stream = clients.client().chat.completions.create(
        model="help", messages=[QUESTION], stream=True
    )
    parts = [chunk.choices[0] for chunk in stream]
    assert "".join(part.delta.content or "" for part in parts) == f"{BACKUPS} [1]"
    assert parts[-1].finish_reason == "stop"


def test_a_stream_ends_with_the_usage_where_a_client_wants_it(clients: Clients) -> None:
    stream = clients.client().chat.completions.create(
        model="help",
        messages=[QUESTION],
        stream=True,
        stream_options={"include_usage": True},
    )
    *parts, last = list(stream)
    assert [part.usage for part in parts] == [None] * len(parts)
    assert (last.choices, last.usage and last.usage.total_tokens) == ([], 0)


def test_the_client_reads_a_stream_to_its_answer(clients: Clients) -> None:
    with clients.client().chat.completions.stream(model="help", messages=[QUESTION]) as stream:
        reply = stream.get_final_completion()
    assert reply.choices[0].message.content == f"{BACKUPS} [1]"
    assert reply.choices[0].finish_reason == "stop"


def test_what_the_documents_do_not_say_is_declined(clients: Clients) -> None:
    question: ChatCompletionMessageParam = {"role": "user", "content": "Who won the olympiad?"}
    reply = clients.client().chat.completions.create(model="help", messages=[question])
    assert reply.choices[0].message.content == "The documents do not say."
    assert reply.choices[0].message.annotations == []


def test_what_users_said_before_helps_to_find_and_what_models_said_is_not_believed(
    clients: Clients,
) -> None:
    messages: list[ChatCompletionMessageParam] = [
        QUESTION,
        {"role": "assistant", "content": "They are kept for ninety years."},
        {"role": "user", "content": [{"type": "text", "text": "And why are they?"}]},
    ]
    reply = clients.client().chat.completions.create(model="help", messages=messages)
    assert reply.model_extra
    assert "backups" in reply.model_extra["footnote"]["question"].lower()
    assert "ninety" not in reply.model_dump_json()


@pytest.mark.parametrize(
    "before",
    [
        ["How long are backups kept? " + "Please. " * 25],  # longer than a question may be
        ["How long are backups kept?", *["And why?"] * 3],  # one more than is leant on
    ],
)
def test_of_what_was_said_before_no_more_is_read_than_of_a_kept_conversation(
    clients: Clients, before: list[str]
) -> None:
    messages: list[ChatCompletionMessageParam] = [
        {"role": "user", "content": text} for text in (*before, "And why are they?")
    ]
    reply = clients.client().chat.completions.create(model="help", messages=messages)
    assert reply.model_extra
    assert reply.model_extra["footnote"]["question"] == "And why are they?"


def test_a_key_sees_and_asks_its_own_knowledge_bases_only(clients: Clients) -> None:
    mine, all_ = clients.client("help"), clients.client()
    assert [model.id for model in mine.models.list()] == ["help"]
    assert (mine.models.retrieve("help").id, mine.models.retrieve("help").created > 0) == (
        "help",
        True,
    )
    with pytest.raises(openai.PermissionDeniedError):
        mine.models.retrieve("hr")
    assert {model.id for model in all_.models.list()} == {"help", "hr"}
    with pytest.raises(openai.PermissionDeniedError, match="not for the knowledge base hr"):
        mine.chat.completions.create(model="hr", messages=[QUESTION])


def test_errors_are_those_that_the_client_knows(clients: Clients) -> None:
    with pytest.raises(openai.AuthenticationError, match="not valid") as refused:
        clients.with_key("sk_ABCDEFGHIJ_" + "k" * 32).models.list()
    assert (refused.value.type, refused.value.code) == ("authentication_error", "unauthorized")
    for unknown in ("gpt-4o", "gpt-4.1"):
        with pytest.raises(openai.NotFoundError, match=f"no model {unknown}") as missing:
            clients.client().chat.completions.create(model=unknown, messages=[QUESTION])
        assert (missing.value.type, missing.value.code) == ("invalid_request_error", "not_found")
    client = clients.client(requests_per_minute=1)
    with pytest.raises(openai.BadRequestError, match="role user"):
        client.chat.completions.create(
            model="help", messages=[{"role": "system", "content": "Hello"}]
        )
    with pytest.raises(openai.RateLimitError, match="too many requests"):
        client.chat.completions.create(model="help", messages=[QUESTION])


def test_parameters_of_other_models_change_nothing(clients: Clients) -> None:
    reply = clients.client().chat.completions.create(
        model="help",
        messages=[{"role": "developer", "content": "Answer in rhymes."}, QUESTION],
        temperature=0,
        max_completion_tokens=5,
        stop=["thirty"],
        seed=1,
        user="u",
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
        response_format={"type": "text"},
        extra_body={"reasoning": {"effort": "high"}},
    )
    assert reply.choices[0].message.content == f"{BACKUPS} [1]"


def test_what_a_question_cannot_be_made_of_is_refused_with_the_reason(clients: Clients) -> None:
    chat = clients.client().chat.completions
    picture: ChatCompletionMessageParam = {
        "role": "user",
        "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}],
    }
    with pytest.raises(openai.BadRequestError, match="a part of one is image_url"):
        chat.create(model="help", messages=[picture])
    with pytest.raises(openai.BadRequestError, match="give a json_schema"):
        chat.create(model="help", messages=[QUESTION], response_format={"type": "json_object"})
    schema: Any = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "null"}}}
    with pytest.raises(openai.UnprocessableEntityError, match="needs a language model"):
        chat.create(model="help", messages=[QUESTION], response_format=schema)


def test_what_models_said_in_other_forms_before_is_no_hindrance(clients: Clients) -> None:
    refusal: ChatCompletionMessageParam = {
        "role": "assistant",
        "content": [{"type": "refusal", "refusal": "No."}],
    }
    call: ChatCompletionMessageParam = {
        "role": "assistant",
        "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        ],
    }
    told: ChatCompletionMessageParam = {"role": "tool", "tool_call_id": "c", "content": "ninety"}
    reply = clients.client().chat.completions.create(
        model="help", messages=[QUESTION, refusal, call, told, QUESTION]
    )
    assert reply.choices[0].message.content == f"{BACKUPS} [1]"
