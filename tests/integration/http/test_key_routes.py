"""Keys over HTTP: made, replaced and ended, and never wider than the key that does it."""

from datetime import timedelta
from typing import Any

import pytest

from footnote.access.key_text import key_id_in
from footnote.domain.access import KeyKind
from tests.integration.http.test_api import Api, api, uploads  # noqa: F401
from tests.integration.http.test_keys import QUESTION, SITE, Guarded, guarded  # noqa: F401

pytestmark = pytest.mark.integration
WIDGET = {"name": "help widget", "knowledge_bases": ["help"], "origins": [SITE]}
SECRET = {"name": "job", "kind": "secret"}
GRACE = {"grace_hours": 1}


def listed(guarded: Guarded, key: str) -> dict[str, Any]:
    _, reply, _ = guarded.call("GET", "/v1/keys", key=key)
    return {one["key_id"]: one for one in reply["keys"]}


def test_a_key_that_was_made_works_at_once_and_is_told_once(guarded: Guarded) -> None:
    owner = guarded.key()
    status, made, headers = guarded.call("POST", "/v1/keys", WIDGET, key=owner)
    assert (status, headers["Cache-Control"]) == (200, ["no-store"])
    assert (made["key_id"], made["state"]) == (key_id_in(made["key"]), "valid")
    assert (made["kind"], made["visitor_requests_per_minute"]) == ("publishable", 20)
    asked = guarded.call("POST", "/v1/ask", QUESTION, key=made["key"], origin=SITE)
    assert asked[0] == 200
    told = listed(guarded, owner)[made["key_id"]]
    assert told == {name: value for name, value in made.items() if name != "key"}


def test_limits_are_what_was_asked_for(guarded: Guarded) -> None:
    limits = {
        "requests_per_minute": 100,
        "visitor_requests_per_minute": 5,
        "tokens_per_minute": 9000,
        "daily_usd": 0.1,
    }
    _, made, _ = guarded.call("POST", "/v1/keys", WIDGET | limits, key=guarded.key())
    assert {name: made[name] for name in limits} == limits


def test_a_rotated_key_is_replaced_and_good_for_its_grace(guarded: Guarded) -> None:
    owner = guarded.key()
    old = guarded.key(KeyKind.PUBLISHABLE, "help")
    path = f"/v1/keys/{key_id_in(old)}"
    status, new, headers = guarded.call("POST", f"{path}/rotate", GRACE, key=owner)
    assert (status, headers["Cache-Control"]) == (200, ["no-store"])
    assert (new["knowledge_bases"], new["origins"]) == (["help"], [SITE])
    for key in (old, new["key"]):
        assert guarded.call("POST", "/v1/search", QUESTION, key=key, origin=SITE)[0] == 200
    assert listed(guarded, owner)[str(key_id_in(old))]["state"] == "replaced"
    assert guarded.call("POST", f"{path}/rotate", GRACE, key=owner)[0] == 422


def test_a_revoked_key_ends_at_once_and_stays_in_the_list(guarded: Guarded) -> None:
    owner, ended = guarded.key(), guarded.key(KeyKind.SECRET, "help")
    status, reply, _ = guarded.call("DELETE", f"/v1/keys/{key_id_in(ended)}", key=owner)
    assert (status, reply["state"]) == (200, "revoked")
    assert guarded.call("POST", "/v1/search", QUESTION, key=ended)[0] == 401
    assert listed(guarded, owner)[reply["key_id"]]["state"] == "revoked"
    assert guarded.call("POST", f"/v1/keys/{reply['key_id']}/rotate", GRACE, key=owner)[0] == 404


@pytest.mark.parametrize("wider", [[], ["other"], ["help", "other"]])
def test_a_key_makes_none_that_reaches_further(guarded: Guarded, wider: list[str]) -> None:
    key = guarded.key(KeyKind.SECRET, "help")
    before = len(guarded.keys.every())
    body = SECRET | {"knowledge_bases": wider}
    status, reply, _ = guarded.call("POST", "/v1/keys", body, key=key)
    assert (status, reply["error"]["code"]) == (403, "forbidden")
    assert "help" in reply["error"]["message"]
    assert len(guarded.keys.every()) == before
    narrow = SECRET | {"knowledge_bases": ["help"]}
    assert guarded.call("POST", "/v1/keys", narrow, key=key)[0] == 200


def test_a_key_knows_nothing_of_keys_that_reach_further(guarded: Guarded) -> None:
    key = guarded.key(KeyKind.SECRET, "help")
    wider = [guarded.key(), guarded.key(KeyKind.PUBLISHABLE, "help", "other")]
    assert listed(guarded, key).keys() == {key_id_in(key)}
    for other in map(key_id_in, wider):
        for method, path in (("DELETE", f"/v1/keys/{other}"), ("POST", f"/v1/keys/{other}/rotate")):
            status, reply, _ = guarded.call(method, path, GRACE, key=key)
            assert (status, reply["error"]["code"]) == (404, "not_found")
    assert all(guarded.call("GET", "/healthz", key=other)[0] == 200 for other in wider)
    assert {one.key_id for one in guarded.keys.every() if one.revoked_at or one.expires_at} == set()


def test_a_limited_key_cannot_get_around_its_limits(guarded: Guarded) -> None:
    key = guarded.key(KeyKind.SECRET, requests_per_minute=50)
    path = f"/v1/keys/{key_id_in(key)}"
    for method, where, body in (
        ("POST", "/v1/keys", SECRET),
        ("POST", f"{path}/rotate", GRACE),
        ("DELETE", path, None),
    ):
        status, reply, _ = guarded.call(method, where, body, key=key)
        assert (status, reply["error"]["code"]) == (403, "forbidden")
    assert key_id_in(key) in listed(guarded, key)


def test_a_key_that_was_replaced_makes_none_that_outlives_it(guarded: Guarded) -> None:
    key = guarded.key()
    guarded.keys.rotate(str(key_id_in(key)), timedelta(hours=1))
    assert guarded.call("POST", "/v1/keys", SECRET, key=key)[0] == 403
    assert guarded.call("POST", f"/v1/keys/{key_id_in(key)}/rotate", GRACE, key=key)[0] == 403


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"knowledge_bases": []}, 422),
        ({"origins": ["https://www.example.com/path"]}, 400),
        ({"name": "  "}, 400),
        ({"name": "\u202eevil"}, 400),
        ({"daily_usd": 0}, 400),
        ({"requests_per_minute": 10**10}, 400),
        ({"scope": "all"}, 400),
    ],
)
def test_what_cannot_be_a_key_is_not_made(
    guarded: Guarded, changes: dict[str, Any], status: int
) -> None:
    owner = guarded.key()
    assert guarded.call("POST", "/v1/keys", WIDGET | changes, key=owner)[0] == status
    assert listed(guarded, owner).keys() == {key_id_in(owner)}


def test_on_ones_own_machine_keys_are_made_without_one(api: Api) -> None:
    status, made, _ = api.call("POST", "/v1/keys", SECRET)
    assert (status, made["kind"]) == (200, "secret")
    assert [one["key_id"] for one in api.call("GET", "/v1/keys")[1]["keys"]] == [made["key_id"]]
