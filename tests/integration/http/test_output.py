"""`output_schema` over HTTP, with a model behind an OpenAI-compatible server."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from footnote.answering.output_schema import LONGEST_SCHEMA
from footnote.domain.prompt import write_claim
from footnote.generation.hosted import HostedGenerator
from footnote.http.application import build_stream
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from tests.adversary import DOCUMENT, QUESTION, TRUE_SENTENCE, leaks, payloads
from tests.asking import a_model
from tests.integration.http.test_api import EVENT, Api, api, uploads  # noqa: F401
from tests.integration.postgres.test_passages import publish
from tests.listening import StreamListener
from tests.openai_test_server import ChatReply, OpenAITestServer, hang, status
from tests.unit.answering.test_output_schema import bomb
from tests.wsgi import Context

pytestmark = pytest.mark.integration
INVOICE = "Invoice INV-7 of the Acme company over 1250.50 EUR is due on 1 March 2026."
SCHEMA = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "pattern": "^INV-[0-9]+$"},
        "total": {"$ref": "#/$defs/money"},
    },
    "required": ["number", "total"],
    "additionalProperties": False,
    "$defs": {"money": {"type": "number", "minimum": 0}},
}
OUTPUT = {"number": "INV-7", "total": 1250.5}
EVIDENCE = [
    {"passage": 1, "quote": "Invoice INV-7 of the Acme company", "field": "/number"},
    {"passage": 1, "quote": "Acme company over 1250.50 EUR", "field": "/total"},
]
ASK = {"question": "What of invoice INV-7 of Acme?", "knowledge_base": "help"}


def written(output: object = None, evidence: object = None) -> str:
    whole = {"answered": True, "output": output or OUTPUT}
    return json.dumps(whole | {"evidence": EVIDENCE if evidence is None else evidence})


class Model:
    """Says one thing after the other, the last of them for ever."""

    def __init__(self) -> None:
        self.script: list[ChatReply] = [ChatReply(text=written())]
        self.server = OpenAITestServer(chat=self._say)

    def says(self, *texts: str | ChatReply) -> None:
        self.script = [ChatReply(text=one) if isinstance(one, str) else one for one in texts]

    def _say(self, _: dict[str, Any]) -> ChatReply:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def bodies(self) -> list[dict[str, Any]]:
        return [request.body for request in self.server.requests]


@pytest.fixture
def model() -> Iterator[Model]:
    found = Model()
    with found.server:
        yield found


type Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def asked(api: Api, database: Database, model: Model) -> Api:
    publish(database, "a.md", [INVOICE])
    generator = HostedGenerator(a_model("test-model", model.server.base_url), api_key="k")
    asking = api.with_generator(generator)
    ledger = PostgresLedger(database)
    return Api(replace(asking.ports, ask=replace(asking.ports.ask, ledger=ledger)))


@pytest.fixture
def ask(asked: Api) -> Ask:
    def put(schema: object = SCHEMA, **body: object) -> tuple[int, dict[str, Any]]:
        code, reply, _ = asked.call("POST", "/v1/ask", ASK | {"output_schema": schema} | body)
        return code, reply

    return put


def test_an_output_comes_with_the_quotes_that_support_it(ask: Ask, model: Model) -> None:
    code, reply = ask()
    assert (code, reply["status"], reply["output"]) == (200, "answered", OUTPUT)
    assert json.loads(reply["answer"]) == OUTPUT
    told = [(one["field"], one["quote"], one["status"]) for one in reply["citations"]]
    assert told == [(one["field"], one["quote"], "verified") for one in EVIDENCE]
    (request,) = model.bodies()
    assert request["response_format"]["type"] == "json_schema"
    sent = request["response_format"]["json_schema"]["schema"]["properties"]["output"]
    assert "$ref" not in json.dumps(sent)
    assert "INV-[0-9]" in request["messages"][0]["content"]


def test_an_endpoint_that_takes_no_schemas_is_asked_without_and_remembered(
    ask: Ask, model: Model
) -> None:
    model.server.refused_parameters = frozenset({"response_format"})
    assert [ask()[1]["output"] for _ in range(2)] == [OUTPUT, OUTPUT]
    assert ["response_format" in body for body in model.bodies()] == [True, False, False]


def test_a_schema_that_an_endpoint_does_not_like_is_left_out_once(ask: Ask, model: Model) -> None:
    refusal = status(400, message="Invalid schema for response_format 'reply': pattern")
    model.server.faults.append(refusal)
    assert [ask()[1]["output"] for _ in range(2)] == [OUTPUT, OUTPUT]
    assert ["response_format" in body for body in model.bodies()] == [True, False, True]


@pytest.mark.parametrize(
    "first",
    [
        written({"number": "7", "total": 1250.5}),
        written(evidence=[]),
        "The invoice is INV-7.",
        "[" * 30_000,
        ChatReply(text=written()[:60], finish_reason="length"),
    ],
    ids=["other form", "no evidence", "prose", "huge", "cut off"],
)
def test_a_model_has_one_chance_to_repair_its_output(
    ask: Ask, model: Model, first: str | ChatReply
) -> None:
    model.says(first, written())
    code, reply = ask()
    assert (code, reply["output"], len(model.bodies())) == (200, OUTPUT, 2)
    assert "It cannot be used:" in model.bodies()[1]["messages"][1]["content"]


@pytest.mark.parametrize(
    "text", [written({"number": "7", "total": -1}), "no", "{" * 40_000, '{"output": NaN}']
)
def test_an_output_that_never_fits_is_a_typed_error_after_two_calls(
    ask: Ask, model: Model, database: Database, text: str
) -> None:
    model.says(text)
    code, reply = ask()
    assert (code, reply["error"]["code"], len(model.bodies())) == (422, "output_invalid", 2)
    assert "output_schema" in reply["error"]["message"]
    with database.transaction() as connection:
        (row,) = connection.execute(
            "select q.status, q.model, count(*) as calls from question q join model_call c"
            " using (kb, question_id) group by q.kb, q.question_id"
        ).fetchall()
    assert (row["status"], row["model"], row["calls"]) == ("failed", "test-model", 2)


def test_an_output_that_no_quote_supports_is_declined(ask: Ask, model: Model) -> None:
    model.says(written(evidence=[EVIDENCE[0] | {"quote": "Invoice INV-8 of the Acme company"}]))
    code, reply = ask()
    assert (code, reply["status"], reply["output"]) == (200, "declined", None)
    assert (reply["removed"], reply["citations"]) == (["not_verbatim", "name", "number"], [])


def test_a_model_may_decline_and_so_may_retrieval(ask: Ask, model: Model) -> None:
    model.says('{"answered": false, "output": null, "evidence": []}')
    assert ask()[1]["status"] == "declined"
    calls = len(model.bodies())
    _, reply = ask(question="Who painted the ceiling of the chapel?")
    assert (reply["status"], reply["output"], reply["model"]) == ("declined", None, "none")
    assert len(model.bodies()) == calls


@pytest.mark.parametrize(
    ("fault", "code"), [(status(500), "unavailable"), (status(401), "model_refused")]
)
def test_no_extract_takes_the_place_of_an_output(
    ask: Ask, model: Model, fault: Any, code: str
) -> None:
    model.server.faults.extend([fault] * 4)
    told, reply = ask()
    assert (told, reply["error"]["code"]) == (503, code)
    assert len(model.bodies()) <= 2


def test_a_model_that_hangs_is_an_error_in_time(ask: Ask, model: Model) -> None:
    model.server.faults.extend([hang] * 2)
    told, reply = ask()  # has 5 seconds
    assert (told, reply["error"]["code"]) == (503, "unavailable")


@pytest.mark.parametrize(("asked_for", "told"), [("30", "30"), ("0.1", "2"), ("1e300", "3600")])
def test_a_model_that_wants_to_be_left_alone_says_for_how_long(
    asked: Api, model: Model, asked_for: str, told: str
) -> None:
    model.server.faults.extend([status(429, retry_after=asked_for)] * 2)
    code, _, headers = asked.call("POST", "/v1/ask", ASK | {"output_schema": SCHEMA})
    assert (code, headers["Retry-After"]) == (503, [told])


def test_without_a_model_an_output_cannot_be_had(api: Api, database: Database) -> None:
    publish(database, "a.md", [INVOICE])
    code, reply, _ = api.call("POST", "/v1/ask", ASK | {"output_schema": SCHEMA})
    assert (code, reply["error"]["code"]) == (422, "no_model")
    assert "footnote models" in reply["error"]["message"]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://evil.example/schema.json"},
        {"patternProperties": {".*": {}}},
        {"pattern": r"(a)\1"},
        {"description": "x" * LONGEST_SCHEMA},
        bomb(4, 6),
        {"type": "text"},
        "object",
        7,
        [],
    ],
)
def test_a_schema_that_is_not_taken_is_refused_before_anything_is_done(
    ask: Ask, model: Model, schema: object
) -> None:
    code, reply = ask(schema)
    assert (code, reply["error"]["code"]) == (400, "bad_request")
    assert "output_schema" in reply["error"]["message"]
    assert model.bodies() == []


def streamed(ask: Api) -> StreamListener:
    body = json.dumps(ASK | {"output_schema": SCHEMA})
    event = EVENT | {"httpMethod": "POST", "path": "/v1/ask/stream", "body": body}
    reply: dict[str, Any] = build_stream(ask.ports).resolve(event, Context())  # type: ignore[arg-type]
    return StreamListener().listen(reply["body"])


def test_a_stream_tells_an_output_whole_once_it_holds(asked: Api, model: Model) -> None:
    model.says(written(evidence=[]), written())
    heard = streamed(asked)
    assert heard.names == ["passages", "token", "citations", "done"]
    assert json.loads(heard.text) == heard.content("done")["output"] == OUTPUT


def test_a_stream_of_an_output_that_never_fits_ends_in_the_error(asked: Api, model: Model) -> None:
    model.says("no")
    heard = streamed(asked)
    assert heard.names == ["passages", "error"]
    assert heard.content("error")["error"]["code"] == "output_invalid"


def test_a_schema_of_one_enum_classifies(ask: Ask, model: Model) -> None:
    label = {"passage": 1, "quote": "over 1250.50 EUR is due on", "field": ""}
    model.says(json.dumps({"answered": True, "output": "Billing", "evidence": [label]}))
    code, reply = ask({"enum": ["Billing", "Shipping"]})
    assert (code, reply["output"], reply["answer"]) == (200, "Billing", '"Billing"')
    assert [one["field"] for one in reply["citations"]] == [None]


def test_an_output_is_not_kept_for_the_next_time(ask: Ask) -> None:
    assert [ask()[1]["cached"] for _ in range(2)] == [False, False]


def test_nothing_that_an_attacker_writes_in_the_models_place_reaches_an_output(
    api: Api,
    database: Database,
    model: Model,
) -> None:
    publish(database, "a.md", [DOCUMENT])
    generator = HostedGenerator(a_model("test-model", model.server.base_url), api_key="k")
    asking = api.with_generator(generator)
    schema = {"type": "object", "properties": {"note": {"type": "string"}, "more": {}}}
    evidence = [{"passage": 1, "quote": TRUE_SENTENCE, "field": "/note"}]
    reached: list[tuple[str, list[str]]] = []
    for at, payload in enumerate(payloads()[::8]):
        text = payload.text.replace(write_claim(1, TRUE_SENTENCE), "").strip()
        output = {"note": text} if at % 2 else {"note": TRUE_SENTENCE, text[:99]: text}
        model.says(json.dumps({"answered": True, "output": output, "evidence": evidence}))
        body = {"question": QUESTION, "knowledge_base": "help", "output_schema": schema}
        code, reply, _ = asking.call("POST", "/v1/ask", body)
        assert code in {200, 422}, reply
        told = "\n".join(_texts(reply["output"])) if code == 200 else reply["error"]["message"]
        if found := leaks(told, reply.get("citations", [])):
            reached.append((payload.text[:120], found))
    assert reached == []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.items() if isinstance(value, dict) else ():
        yield from map(str, inner)


def test_the_form_is_told_in_openapi(api: Api) -> None:
    _, schema, _ = api.call("GET", "/openapi.json")
    asked = schema["components"]["schemas"]["AskRequest"]
    reply = schema["components"]["schemas"]["AskReply"]
    assert "output_schema" in asked["properties"]
    assert {"output", "cached", "cost_usd"} <= reply["properties"].keys()
    assert "null" in reply["properties"]["cost_usd"]["description"]
