"""Labels over HTTP: questions of the ledger, what is right for them, and the set made of it."""

import uuid
from typing import Any

import pytest

from footnote.asked_questions import questions_of
from footnote.domain.access import KeyKind
from footnote.domain.feedback import Rating
from footnote.evaluation.question_set import Question
from footnote.postgres.connection import Database
from footnote.postgres.datasets import PostgresDatasets
from tests.fakes import FakeEmbedder
from tests.integration.http.test_api import Api, api, uploads  # noqa: F401
from tests.integration.http.test_keys import Guarded, guarded  # noqa: F401
from tests.unanswered import Desk

pytestmark = pytest.mark.integration
HELP = {"knowledge_base": "help"}
THIRTY = "Backups are kept for thirty days in every region."
ASKED = "For how long are backups kept?"


@pytest.fixture
def desk(database: Database) -> Desk:
    found = Desk(database, FakeEmbedder())
    found.publish("backups.md", THIRTY)
    found.declined(ASKED, "Is there an app?", ASKED)
    return found


def listed(api: Api, kind: str = "unanswered") -> list[dict[str, Any]]:
    status, reply, _ = api.call("GET", "/v1/questions", kind=kind, **HELP)
    assert status == 200, reply
    questions: list[dict[str, Any]] = reply["questions"]
    return questions


def id_of(api: Api, question: str) -> str:
    (found,) = [one for one in listed(api, "asked") if one["question"] == question]
    return str(found["question_id"])


def label(api: Api, question_id: str, **body: Any) -> tuple[int, dict[str, Any]]:
    status, reply, _ = api.call("PUT", f"/v1/questions/{question_id}/label", HELP | body)
    return status, reply


def passages(api: Api) -> list[dict[str, Any]]:
    """As somebody marks them who searched."""
    _, found, _ = api.call("POST", "/v1/search", HELP | {"question": ASKED})
    return [{"key": one["key"], "text": one["text"]} for one in found["passages"]]


def built(database: Database, desk: Desk) -> list[Question]:
    return questions_of(PostgresDatasets(database).asked(desk.kb))


@pytest.mark.usefixtures("desk")
def test_each_wording_comes_once_with_how_often_it_was_asked(api: Api) -> None:
    found = listed(api)
    assert {one["question"]: one["times"] for one in found} == {ASKED: 2, "Is there an app?": 1}
    assert all(one["status"] == "declined" and one["label"] is None for one in found)


def test_what_was_voted_down_is_there_by_itself(api: Api, desk: Desk) -> None:
    reply = desk.ask(ASKED)
    assert listed(api, "down_voted") == []
    desk.vote(reply.question.question_id, Rating.DOWN)
    (found,) = listed(api, "down_voted")
    assert (found["question"], found["rating"]) == (ASKED, "down")


def test_a_label_becomes_a_question_of_the_set_with_its_documents(
    api: Api, desk: Desk, database: Database
) -> None:
    question = id_of(api, ASKED)
    assert label(api, question, answer="Thirty days.", passages=passages(api)) == (
        200,
        {"question_id": question, "labelled": True},
    )
    (made,) = built(database, desk)
    assert (made.question_id, made.text, made.answers) == (question, ASKED, ("Thirty days.",))
    assert (made.gold_documents, made.gold_texts) == (("backups.md",), (THIRTY,))
    assert made.cluster == "backups.md"
    assert made.answerable


def test_what_the_documents_do_not_tell_is_a_question_to_decline(
    api: Api, desk: Desk, database: Database
) -> None:
    assert label(api, id_of(api, "Is there an app?"), answer=None)[0] == 200
    (made,) = built(database, desk)
    assert (made.text, made.answers, made.answerable) == ("Is there an app?", (), False)


def test_a_labelled_wording_is_not_asked_for_again_and_can_be_changed_and_forgotten(
    api: Api, desk: Desk, database: Database
) -> None:
    question = id_of(api, ASKED)
    label(api, question, answer="Sixty days.")
    desk.declined(ASKED)  # somebody asks it once more
    assert [one["question"] for one in listed(api)] == ["Is there an app?"]
    (found,) = listed(api, "labelled")
    assert (found["question_id"], found["label"]) == (
        question,
        {"answer": "Sixty days.", "passages": []},
    )
    label(api, question, answer="Thirty days.", passages=passages(api))
    assert [made.answers for made in built(database, desk)] == [("Thirty days.",)]
    path = f"/v1/questions/{question}/label"
    assert api.call("DELETE", path, **HELP)[0] == 200
    assert api.call("DELETE", path, **HELP)[0] == 404
    assert len(listed(api)) == 2
    assert built(database, desk) == []


def test_what_a_visitor_says_later_does_not_take_its_place(
    api: Api, desk: Desk, database: Database
) -> None:
    question = id_of(api, ASKED)
    label(api, question, answer="Thirty days.")
    said = {"question_id": question, "rating": "down", "correction": "Ask the competition."}
    assert api.call("POST", "/v1/feedback", said)[0] == 200
    assert [made.answers for made in built(database, desk)] == [("Thirty days.",)]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"answer": None, "passages": "found"}, 422, "without an answer there are none"),
        (
            {"answer": "x", "passages": [{"key": "help/backups.md", "text": "Made up."}]},
            422,
            "help/backups.md does not hold that passage now",
        ),
        (
            {"answer": "x", "passages": [{"key": "other/backups.md", "text": THIRTY}]},
            422,
            "other/backups.md does not hold that passage",
        ),
        ({"answer": ""}, 400, "answer"),
        ({}, 400, "answer"),
    ],
)
def test_what_bears_nothing_out_is_refused(
    api: Api, body: dict[str, Any], status: int, why: str
) -> None:
    if body.get("passages") == "found":
        body = body | {"passages": passages(api)}
    told, reply = label(api, id_of(api, ASKED), **body)
    assert told == status
    assert why in reply["error"]["message"]
    assert listed(api, "labelled") == []


@pytest.mark.usefixtures("desk")
def test_a_question_that_nobody_asked_has_no_label(api: Api) -> None:
    assert label(api, str(uuid.uuid4()), answer="x")[0] == 404
    status, reply, _ = api.call(
        "PUT", f"/v1/questions/{id_of(api, ASKED)}/label", {"knowledge_base": "x", "answer": "y"}
    )
    assert (status, reply["error"]["code"]) == (404, "not_found")


def test_a_label_goes_with_its_question(api: Api, desk: Desk, database: Database) -> None:
    question = id_of(api, ASKED)
    label(api, question, answer="Thirty days.")
    with database.transaction() as connection:
        connection.execute("delete from question where question_id = %s", [question])
        (left,) = connection.execute("select count(*) as labels from question_label").fetchall()
    assert left["labels"] == 0
    assert built(database, desk) == []


def test_only_a_secret_key_of_the_knowledge_base_labels(guarded: Guarded) -> None:
    path, body = f"/v1/questions/{uuid.uuid4()}/label", HELP | {"answer": "x"}
    own = guarded.key(KeyKind.SECRET, "help")
    for key in (guarded.key(KeyKind.PUBLISHABLE, "help"), guarded.key(KeyKind.SECRET, "other")):
        assert guarded.call("PUT", path, body, key=key)[0] == 403
        assert guarded.call("DELETE", path, key=key)[0] == 403
    assert guarded.call("PUT", path, body, key=own)[0] == 404
