"""What was not answered, over HTTP: pages, states, and who may see it."""

import uuid
from typing import Any

import pytest

from footnote.domain.access import KeyKind
from footnote.postgres.connection import Database
from tests.fakes import FakeEmbedder
from tests.integration.http.test_api import Api, api, uploads  # noqa: F401
from tests.integration.http.test_keys import SITE, Guarded, guarded  # noqa: F401
from tests.unanswered import Desk

pytestmark = pytest.mark.integration
PATH = "/v1/questions/unanswered"
IN_HELP = {"knowledge_base": "help"}


@pytest.fixture
def desk(database: Database) -> Desk:
    found = Desk(database, FakeEmbedder())
    for text, times in (("alpha beta", 1), ("gamma delta", 3), ("epsilon zeta", 1), ("eta", 2)):
        found.declined(*[text] * times)
    return found


def listed(api: Api, **query: str) -> dict[str, Any]:
    status, reply, _ = api.call("GET", PATH, **IN_HELP | query)
    assert status == 200, reply
    return reply


@pytest.mark.usefixtures("desk")
def test_pages_hold_every_cluster_once_those_of_most_questions_first(api: Api) -> None:
    told: list[str] = []
    page = listed(api, limit="1")
    assert page["counts"] == {"open": 4, "closed": 0, "dismissed": 0}
    while page["next_cursor"]:
        told += [cluster["question"] for cluster in page["clusters"]]
        page = listed(api, limit="1", cursor=page["next_cursor"])
        assert page["counts"] is None
    assert told[:2] == ["gamma delta", "eta"]
    assert sorted(told) == ["alpha beta", "epsilon zeta", "eta", "gamma delta"]


@pytest.mark.usefixtures("desk")
def test_a_cluster_tells_what_was_asked_how_often_and_when_but_not_by_whom(api: Api) -> None:
    (cluster,) = listed(api, limit="1")["clusters"]
    assert (cluster["question"], cluster["questions"], cluster["declined"]) == ("gamma delta", 3, 3)
    assert cluster["state"] == "open"
    assert cluster["closed_by"] is None
    assert cluster["first_seen"] < cluster["last_seen"]
    (example,) = cluster["examples"]
    assert set(example) == {"question_id", "question", "reason", "asked_at"}


@pytest.mark.usefixtures("desk")
def test_a_cluster_is_dismissed_and_opened_again(api: Api) -> None:
    (cluster,) = listed(api, limit="1")["clusters"]
    path = f"{PATH}/{cluster['cluster_id']}"
    for state, left in (("dismissed", 3), ("open", 4)):
        status, reply, _ = api.call("POST", path, IN_HELP | {"state": state})
        assert (status, reply["state"]) == (200, state)
        page = listed(api, state="open")
        assert (page["counts"]["open"], len(page["clusters"])) == (left, left)


@pytest.mark.usefixtures("desk")
def test_what_cannot_be_is_refused(api: Api) -> None:
    (cluster,) = listed(api, limit="1")["clusters"]
    path = f"{PATH}/{cluster['cluster_id']}"
    for body, where, expected in (
        (IN_HELP | {"state": "closed"}, path, 400),
        ({"state": "open"}, path, 404),
        (IN_HELP | {"state": "open"}, f"{PATH}/{uuid.uuid4()}", 404),
        (IN_HELP | {"state": "open"}, f"{PATH}/1", 400),
    ):
        assert api.call("POST", where, body)[0] == expected
    for query in ({"cursor": "abc"}, {"cursor": "MSAyIDM="}, {"state": "shut"}, {"limit": "0"}):
        assert api.call("GET", PATH, **IN_HELP | query)[0] == 400


@pytest.mark.usefixtures("desk")
def test_only_secret_keys_of_that_knowledge_base_see_what_people_asked(guarded: Guarded) -> None:
    pages = guarded.key(KeyKind.PUBLISHABLE, "help")
    assert guarded.call("GET", PATH, key=pages, origin=SITE)[0] == 403
    assert guarded.call("GET", PATH, key=guarded.key(KeyKind.SECRET, "help"))[0] == 403
    assert guarded.call("GET", PATH, key=guarded.key(KeyKind.SECRET, "default"))[0] == 200
    body = IN_HELP | {"state": "dismissed"}
    stranger = guarded.key(KeyKind.SECRET, "other")
    assert guarded.call("POST", f"{PATH}/{uuid.uuid4()}", body, key=stranger)[0] == 403
