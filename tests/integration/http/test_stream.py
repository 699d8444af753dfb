"""`/v1/ask/stream`: the events of an answer, which end in `done` or in the one form of error."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from footnote.access.door import Door
from footnote.answer_cache import AnswerCache
from footnote.answering.prompt import build_prompt
from footnote.answering.token_count import count_tokens, prompt_tokens
from footnote.domain.answer import Usage
from footnote.domain.errors import DatabaseUnavailableError, ModelUnavailableError
from footnote.domain.ledger import Outcome
from footnote.domain.model import EVERY_KB, Route
from footnote.generation.hosted import HostedGenerator
from footnote.generation.recent_models import RecentModels
from footnote.http.api import build_api, whole
from footnote.http.application import build_stream
from footnote.http.contracts import AskReply
from footnote.http.question_ports import QuestionPorts
from footnote.postgres.answers import PostgresAnswers
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.passages import PostgresPassages
from tests.adversary import DOCUMENT, FOREIGN_DOCUMENT, QUESTION, leaks, payloads
from tests.asking import FakeRegistry, ScriptedGenerator, a_model, ask_ports
from tests.integration.http.test_api import (  # noqa: F401
    BACKUPS,
    EVENT,
    Api,
    api,
    unreachable,
    uploads,
)
from tests.integration.postgres.test_passages import publish
from tests.listening import StreamListener, read_events
from tests.openai_test_server import ChatReply, OpenAITestServer
from tests.wsgi import Context

pytestmark = pytest.mark.integration
TRUE = f'{BACKUPS} [1: "{BACKUPS}"]'
STREAM = "/v1/ask/stream"
HOW_LONG = {"question": "how long are backups kept?", "knowledge_base": "help"}
LIE = f'Backups are kept for ninety days. [1: "{BACKUPS}"]'


def streamed(api: Api, body: Any) -> dict[str, Any]:
    event = EVENT | {"httpMethod": "POST", "path": STREAM, "body": json.dumps(body)}
    reply: dict[str, Any] = build_stream(api.ports).resolve(event, Context())  # type: ignore[arg-type]
    return reply


def listen(api: Api, question: str = "how long are backups kept?") -> StreamListener:
    reply = streamed(api, {"question": question, "knowledge_base": "help"})
    assert reply["statusCode"] == 200, reply["body"]
    return StreamListener().listen(reply["body"])


@pytest.fixture
def helpful(api: Api, database: Database) -> Api:
    publish(database, "a.md", [BACKUPS])
    return api


def test_passages_come_first_then_text_then_citations_then_the_same_reply_as_of_ask(
    helpful: Api,
) -> None:
    heard = listen(helpful)
    assert heard.names == ["passages", "token", "token", "citations", "done"]
    done = AskReply.model_validate(heard.content("done"))
    assert heard.text == done.answer == f"{BACKUPS} [1]"
    assert heard.content("citations")["citations"] == heard.content("done")["citations"]
    passages = heard.content("passages")
    assert passages["passages"][0]["text"] == BACKUPS
    assert passages["question_id"] == done.question_id


def test_a_sentence_that_fails_is_heard_and_taken_back(helpful: Api) -> None:
    lie = LIE.replace("ninety", "thirty").replace("kept", "region")
    heard = listen(helpful.with_generator(ScriptedGenerator("m", [f"{lie} {TRUE}"])))
    assert heard.names.count("retract") >= 1
    assert any("region for thirty" in moment for moment in heard.moments)
    assert heard.text == heard.content("done")["answer"] == f"{BACKUPS} [1]"
    assert heard.content("done")["removed"] != []


def test_a_decline_is_the_text_that_is_heard(helpful: Api) -> None:
    heard = listen(helpful, "Who won the cup final in Madrid?")
    assert heard.content("done")["status"] == "declined"
    assert heard.text == heard.content("done")["answer"]
    assert heard.content("citations")["citations"] == []


def test_the_first_words_come_before_the_model_has_finished(helpful: Api) -> None:
    slow = ChatReply(text=f"{TRUE} {TRUE}", pause_s=0.1)
    with OpenAITestServer(chat=lambda _: slow) as server:
        generator = HostedGenerator(a_model("test-model", server.base_url), api_key="k")
        generator.generate(build_prompt("why?", ()), deadline_s=60)  # imports the client
        began = time.monotonic()
        times: dict[str, float] = {}
        patient = Api(replace(helpful.with_generator(generator).ports, question_timeout_s=25))
        reply = streamed(patient, HOW_LONG)
        for name, _ in read_events(reply["body"]):
            times.setdefault(name, time.monotonic() - began)
    assert times["token"] < times["done"] / 2
    assert times["done"] > (len(slow.pieces) - 1) * slow.pause_s


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"question": "x" * 201}, 413), ({"question": "a", "b": 1}, 400)],
)
def test_what_is_wrong_before_the_stream_is_an_error_like_any_other(
    helpful: Api, body: Any, status: int
) -> None:
    reply = streamed(helpful, body)
    assert reply["statusCode"] == status
    assert set(json.loads(reply["body"])["error"]) == {"code", "message", "request_id"}


def test_a_database_that_is_down_is_told_before_the_stream_begins(
    helpful: Api,
    unreachable: Database,
) -> None:
    away = replace(helpful.ports.ask.retrieve, passages=PostgresPassages(unreachable))
    down = Api(replace(helpful.ports, ask=replace(helpful.ports.ask, retrieve=away)))
    reply = streamed(down, {"question": "why?"})
    assert reply["statusCode"] == 503
    assert reply["multiValueHeaders"]["Retry-After"] == ["2"]


class Breaking:
    """A registry that fails behind the first event."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def catalogue(self) -> Any:
        raise self._error


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (DatabaseUnavailableError("it is away"), "unavailable", "it is away"),
        (ModelUnavailableError("host said 123"), "unavailable", "the model cannot be reached"),
        (RuntimeError("secret detail"), "internal", "something went wrong on our side"),
    ],
)
def test_what_goes_wrong_later_is_the_last_event_in_the_one_form(
    helpful: Api, error: Exception, code: str, message: str
) -> None:
    broken = replace(helpful.ports.ask, models=cast("Any", Breaking(error)))
    heard = listen(Api(replace(helpful.ports, ask=broken)))
    assert heard.names == ["passages", "error"]
    told = heard.content("error")["error"]
    assert told["code"] == code
    assert told["message"].startswith(message)
    assert told["request_id"] == EVENT["requestContext"]["requestId"]


def test_a_front_that_cannot_stream_gets_the_whole_stream_at_once(helpful: Api) -> None:
    event = EVENT | {"httpMethod": "POST", "path": STREAM, "body": json.dumps(HOW_LONG)}
    reply = whole(build_api(helpful.ports).resolve(event, Context()))  # type: ignore[arg-type]
    assert reply["multiValueHeaders"]["Content-Type"] == ["text/event-stream"]
    assert StreamListener().listen([reply["body"]]).names[-1] == "done"


def test_whoever_stops_listening_ends_the_call_to_the_model(helpful: Api) -> None:
    slow = ChatReply(text=f"{TRUE} " * 20, pause_s=0.05)
    with OpenAITestServer(chat=lambda _: slow) as server:
        generator = HostedGenerator(a_model("test-model", server.base_url), api_key="k")
        body = streamed(helpful.with_generator(generator), HOW_LONG)["body"]
        assert any(part.startswith("event: token") for part in body)
        body.close()
        sent = server.pieces_sent
        time.sleep(1)
        assert sent < server.pieces_sent + 1 < sent + 10


def recorded(database: Database) -> list[dict[str, Any]]:
    with database.transaction() as connection:
        rows = connection.execute(
            "select q.status, q.model, q.input_tokens, q.output_tokens, q.cost_usd, c.outcome"
            " from question q left join model_call c using (kb, question_id)"
        )
        return list(rows)


def test_of_a_stream_that_nobody_listens_to_any_more_the_ledger_has_what_it_cost(
    helpful: Api, database: Database
) -> None:
    model = replace(a_model("test-model"), input_price=Decimal(1), output_price=Decimal(1000))
    text = f"{TRUE} " * 20
    generator = ScriptedGenerator("test-model", [text])
    asking = helpful.with_generator(generator)
    catalogue = FakeRegistry(routes=[Route(kb=EVERY_KB, steps=("test-model",))], models=[model])
    ask = asking.ports.ask
    priced = replace(ask, models=RecentModels(catalogue, None), ledger=PostgresLedger(database))
    body = streamed(Api(replace(asking.ports, ask=priced)), HOW_LONG)["body"]
    assert any(part.startswith("event: token") for part in body)
    body.close()
    (row,) = recorded(database)
    assert (row["status"], row["model"]) == ("failed", "test-model")
    assert row["outcome"] == Outcome.UNFINISHED
    assert row["input_tokens"] == prompt_tokens(generator.prompts[0])
    assert 0 < row["output_tokens"] < count_tokens(text) / 2
    usage = Usage(input_tokens=row["input_tokens"], output_tokens=row["output_tokens"])
    assert row["cost_usd"] == model.cost(usage)


@pytest.mark.parametrize(
    ("last", "status"), [("passages", "failed"), ("citations", "answered"), ("done", "answered")]
)
def test_a_question_is_in_the_ledger_once_wherever_its_stream_is_closed(
    helpful: Api, database: Database, last: str, status: str
) -> None:
    kept = replace(helpful.ports.ask, ledger=PostgresLedger(database))
    body = streamed(Api(replace(helpful.ports, ask=kept)), HOW_LONG)["body"]
    assert any(part.startswith(f"event: {last}") for part in body)
    body.close()
    assert [(row["status"], row["outcome"]) for row in recorded(database)] == [(status, None)]


def test_nothing_that_an_attacker_writes_in_the_models_place_is_told_even_for_a_moment(
    api: Api,
    database: Database,
) -> None:
    publish(database, "a.md", [DOCUMENT])
    publish(database, "b.md", [FOREIGN_DOCUMENT], kb="finance")
    said = ""
    with OpenAITestServer(chat=lambda _: ChatReply(text=said)) as server:
        generator = HostedGenerator(a_model("test-model", server.base_url), api_key="k")
        hearing = api.with_generator(generator)
        reached: list[tuple[str, str, set[str]]] = []
        for payload in payloads():
            said = payload.text
            heard = listen(hearing, QUESTION)
            done = heard.content("done")
            assert heard.text == done["answer"]
            moments = [*heard.moments, done["answer"]]
            if found := {one for moment in moments for one in leaks(moment, done["citations"])}:
                reached.append((payload.kind, payload.text[:120], found))
    assert reached == []


def test_the_ports_of_a_question_are_all_that_a_stream_needs(database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    ports = QuestionPorts(
        door=Door(None), ask=ask_ports(database), max_question_chars=200, question_timeout_s=5
    )
    assert listen(Api(cast("Any", ports))).names[-1] == "done"


def test_an_answer_that_was_kept_is_heard_whole(helpful: Api, database: Database) -> None:
    kept = AnswerCache(answers=PostgresAnswers(database, oldest=timedelta(days=1), most=9))
    asking = helpful.with_generator(ScriptedGenerator("m", [TRUE]))
    ports = replace(asking.ports, ask=replace(asking.ports.ask, answers=kept))
    first, again = listen(Api(ports)), listen(Api(ports))
    assert again.content("done")["cached"]
    assert again.names == ["passages", "token", "citations", "done"]
    assert again.text == first.text == again.content("done")["answer"]
