"""What people say of answers is kept, by those who may have asked."""

import uuid

import pytest

from footnote.domain.access import KeyKind
from footnote.postgres.connection import Database
from tests.integration.http.test_api import api, uploads  # noqa: F401
from tests.integration.http.test_keys import QUESTION, SITE, Guarded, guarded  # noqa: F401

pytestmark = pytest.mark.integration


def asked(guarded: Guarded, key: str) -> str:
    _, reply, _ = guarded.call("POST", "/v1/ask", QUESTION, key=key, origin=SITE)
    return str(reply["question_id"])


def kept(database: Database) -> list[tuple[object, ...]]:
    with database.transaction() as connection:
        rows = connection.execute("select kb, rating, comment, correction from feedback")
        return [tuple(row.values()) for row in rows]


def test_the_last_word_on_an_answer_counts(
    guarded: Guarded,
    database: Database,
) -> None:
    key = guarded.key(KeyKind.PUBLISHABLE, "help")
    question = asked(guarded, key)
    for body in (
        {"rating": "up"},
        {"rating": "down", "comment": " Wrong. ", "correction": "Ninety days."},
    ):
        body |= {"question_id": question}
        status, reply, _ = guarded.call("POST", "/v1/feedback", body, key=key, origin=SITE)
        assert (status, reply) == (200, {"question_id": question, "rating": body["rating"]})
    assert kept(database) == [("help", "down", "Wrong.", "Ninety days.")]


def test_there_is_no_feedback_on_what_was_not_asked_there(
    guarded: Guarded,
    database: Database,
) -> None:
    question = asked(guarded, guarded.key())
    stranger = guarded.key(KeyKind.SECRET, "other")
    for key, about in ((stranger, question), (guarded.key(), str(uuid.uuid4()))):
        body = {"question_id": about, "rating": "down"}
        status, reply, _ = guarded.call("POST", "/v1/feedback", body, key=key)
        assert (status, reply["error"]["code"]) == (404, "not_found")
    assert kept(database) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"rating": "sideways"},
        {"question_id": "1"},
        {"comment": "x" * 2001},
        {"comment": "a\0"},
        {"correction": " "},
        {"surprise": 1},
    ],
)
def test_what_is_no_feedback_is_refused(
    guarded: Guarded,
    wrong: dict[str, object],
) -> None:
    body = {"question_id": str(uuid.uuid4()), "rating": "up"} | wrong
    status, reply, _ = guarded.call("POST", "/v1/feedback", body, key=guarded.key())
    assert (status, reply["error"]["code"]) == (400, "bad_request")
    assert next(iter(wrong)) in reply["error"]["message"]
