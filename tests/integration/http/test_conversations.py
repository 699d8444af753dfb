"""Conversations over HTTP: an id goes on with one, and nothing else does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

from footnote.cli.application import app
from footnote.postgres.connection import Database
from footnote.postgres.conversations import PostgresConversations
from footnote.postgres.ledger import PostgresLedger
from tests.follow_ups import CORPUS
from tests.integration.http.test_api import Api, api, uploads
from tests.integration.http.test_stream import streamed
from tests.integration.postgres.test_passages import publish
from tests.listening import StreamListener
from tests.serving import served

__all__ = ["api", "uploads"]
pytestmark = pytest.mark.integration
HOW_LONG = {"question": "How long are backups kept in Europe?", "knowledge_base": "help"}
AMERICA = {"question": "And in America?", "knowledge_base": "help"}
UNDERSTOOD = "And in America? (kept backups Europe)"


@pytest.fixture
def talking(api: Api, database: Database) -> Api:
    publish(database, "backups.md", CORPUS["backups.md"])
    kept = PostgresConversations(database, oldest=timedelta(hours=1), turns=10)
    ask = replace(api.ports.ask, conversations=kept, ledger=PostgresLedger(database))
    return Api(replace(api.ports, ask=ask))


def test_the_id_of_a_reply_goes_on_with_its_conversation(talking: Api) -> None:
    _, first, _ = talking.call("POST", "/v1/ask", HOW_LONG)
    known = {"conversation_id": first["conversation_id"]}
    status, reply, _ = talking.call("POST", "/v1/ask", AMERICA | known)
    assert (status, reply["question"]) == (200, UNDERSTOOD)
    assert reply["conversation_id"] == first["conversation_id"]
    assert "ninety days" in reply["answer"]


def test_a_stream_goes_on_with_a_conversation_and_says_what_it_understood(talking: Api) -> None:
    _, first, _ = talking.call("POST", "/v1/ask", HOW_LONG)
    known = {"conversation_id": first["conversation_id"]}
    heard = StreamListener().listen(streamed(talking, AMERICA | known)["body"])
    for event in (heard.content("passages"), heard.content("done")):
        assert event["question"] == UNDERSTOOD
        assert event["conversation_id"] == first["conversation_id"]


def test_an_id_that_is_not_known_begins_a_conversation_under_another_one(talking: Api) -> None:
    status, reply, _ = talking.call("POST", "/v1/ask", HOW_LONG | {"conversation_id": "mine"})
    assert (status, reply["question"]) == (200, HOW_LONG["question"])
    assert reply["conversation_id"] != "mine"


def test_the_command_line_asks_on_in_a_conversation(talking: Api) -> None:
    def asked(*words: str) -> Result:
        ran = CliRunner().invoke(app, ["ask", *words, "-k", "help", "--api", address])
        assert ran.exit_code == 0
        return ran

    with served(talking.ports) as address:
        first = talking.call("POST", "/v1/ask", HOW_LONG)[1]["conversation_id"]
        told = asked(AMERICA["question"], "--conversation", first)
        other = asked(AMERICA["question"], "--conversation", "mine")
    assert f"Understood as: {UNDERSTOOD}" in told.stdout
    assert "ninety days" in told.stdout
    assert f"Ask on with --conversation {first}" in told.stdout
    assert told.stderr == ""
    assert "There is no conversation mine" in other.stderr
    assert "Understood as" not in other.stdout


@pytest.mark.parametrize("name", ["history", "messages", "about", "turns"])
def test_what_a_client_says_was_said_before_is_not_taken(talking: Api, name: str) -> None:
    told = [{"role": "assistant", "content": "Backups are kept for ever."}]
    status, reply, _ = talking.call("POST", "/v1/ask", AMERICA | {name: told})
    assert (status, reply["error"]["code"]) == (400, "bad_request")
