"""`DELETE /v1/conversations/{id}`: by a secret key, and by a page for what was asked from it."""

import uuid

import pytest

from footnote.domain.access import KeyKind
from footnote.postgres.connection import Database
from tests.integration.http.test_api import api, uploads  # noqa: F401
from tests.integration.http.test_keys import QUESTION, SITE, Guarded, guarded  # noqa: F401

pytestmark = pytest.mark.integration


def asked(guarded: Guarded, key: str) -> str:
    _, reply, _ = guarded.call("POST", "/v1/ask", QUESTION, key=key, origin=SITE)
    return str(reply["conversation_id"])


def forget(guarded: Guarded, conversation: str, key: str) -> int:
    path = f"/v1/conversations/{conversation}"
    status, reply, _ = guarded.call("DELETE", path, key=key, origin=SITE)
    if status == 200:
        assert reply == {"conversation_id": conversation, "questions": 1, "kept_answers": 0}
    else:
        assert reply["error"]["code"] == "not_found"
    return status


def questions(database: Database) -> int:
    with database.transaction() as connection:
        return len(connection.execute("select from question").fetchall())


def test_a_secret_key_forgets_whatever_was_asked_in_its_knowledge_bases(
    guarded: Guarded, database: Database
) -> None:
    conversation = asked(guarded, guarded.key(KeyKind.PUBLISHABLE, "help"))
    assert forget(guarded, conversation, guarded.key(KeyKind.SECRET, "other")) == 404
    assert questions(database) == 1
    assert forget(guarded, conversation, guarded.key(KeyKind.SECRET, "help")) == 200
    assert questions(database) == 0
    assert forget(guarded, conversation, guarded.key()) == 404


def test_a_page_forgets_what_was_asked_with_its_own_key(
    guarded: Guarded, database: Database
) -> None:
    page = guarded.key(KeyKind.PUBLISHABLE, "help")
    conversation, of_server = asked(guarded, page), asked(guarded, guarded.key())
    assert forget(guarded, of_server, page) == 404
    assert forget(guarded, conversation, guarded.key(KeyKind.PUBLISHABLE, "help")) == 404
    assert forget(guarded, str(uuid.uuid4()), page) == 404
    assert questions(database) == 2
    assert forget(guarded, conversation, page) == 200
    assert questions(database) == 1


def test_browsers_let_a_page_send_it(guarded: Guarded) -> None:
    page, path = guarded.key(KeyKind.PUBLISHABLE, "help"), f"/v1/conversations/{uuid.uuid4()}"
    wants = {"origin": SITE, "access_control_request_method": "DELETE"}
    status, _, headers = guarded.call("OPTIONS", path, **wants)
    assert (status, headers["Access-Control-Allow-Methods"]) == (204, ["DELETE"])
    _, _, headers = guarded.call("DELETE", path, key=page, origin=SITE)
    assert headers["Access-Control-Allow-Origin"] == [SITE]


@pytest.mark.parametrize("name", ["%00", "x" * 65, "\0"])
def test_what_is_no_id_is_refused(guarded: Guarded, name: str) -> None:
    status, reply, _ = guarded.call("DELETE", f"/v1/conversations/{name}", key=guarded.key())
    assert (status, reply["error"]["code"]) in {(400, "bad_request"), (404, "not_found")}
