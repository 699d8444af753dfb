"""Keys in a real Postgres: what is kept of them, and that limits hold when many come at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from footnote.access.key_text import key_hash, key_id_in
from footnote.domain.access import Admission, KeyKind, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database

pytestmark = pytest.mark.integration
HOME = "203.0.113.9"


def new(kind: KeyKind = KeyKind.PUBLISHABLE, **limits: int) -> NewKey:
    return NewKey(
        kind=kind,
        name="widget",
        knowledge_bases=(KnowledgeBaseId("help"),),
        origins=("https://www.example.com",),
        limits=Limits(**limits),  # type: ignore[arg-type]
    )


@pytest.fixture
def keys(database: Database) -> PostgresAccessKeys:
    return PostgresAccessKeys(database)


def admit(keys: PostgresAccessKeys, text: str, address: str = HOME) -> Admission | None:
    return keys.admit(key_hash(text), address)


def free(keys: PostgresAccessKeys, text: str, address: str = HOME) -> bool:
    admission = admit(keys, text, address)
    assert admission is not None
    return admission.wait_s == 0


def test_a_key_is_found_by_its_text_and_its_secret_is_not_kept(
    keys: PostgresAccessKeys, database: Database
) -> None:
    text = keys.add(new())
    admission = admit(keys, text)
    assert admission is not None
    (listed,) = keys.every()
    assert admission.key == listed
    assert (listed.key_id, listed.origins) == (key_id_in(text), ("https://www.example.com",))
    with database.transaction() as connection:
        rows = connection.execute("select to_jsonb(access_key)::text as row from access_key")
        assert text.removeprefix(listed.key_id) not in str(rows.fetchall())


def test_a_key_and_each_visitor_have_the_requests_of_one_minute(keys: PostgresAccessKeys) -> None:
    text = keys.add(new(requests_per_minute=5, visitor_requests_per_minute=3))
    assert [free(keys, text) for _ in range(4)] == [True, True, True, False]
    # The refused request took nothing from what is left for others.
    assert [free(keys, text, "203.0.113.10") for _ in range(3)] == [True, True, False]


def test_a_refused_request_tells_when_the_next_one_will_be_free(keys: PostgresAccessKeys) -> None:
    text = keys.add(new(visitor_requests_per_minute=2))
    waits = [admission.wait_s for _ in range(4) if (admission := admit(keys, text))]
    assert waits[:2] == [0, 0]
    assert all(28 < wait <= 30 for wait in waits[2:])


def test_what_was_used_comes_back_steadily(keys: PostgresAccessKeys, database: Database) -> None:
    text = keys.add(new(requests_per_minute=4))
    assert [free(keys, text) for _ in range(5)] == [True] * 4 + [False]
    with database.transaction() as connection:
        connection.execute("update request_rate set full_at = full_at - interval '31 seconds'")
    assert [free(keys, text) for _ in range(3)] == [True, True, False]


def test_a_crowd_at_once_gets_exactly_what_there_is(
    keys: PostgresAccessKeys, database_url: str
) -> None:
    text = keys.add(new(requests_per_minute=40, visitor_requests_per_minute=15))
    wide = Database(database_url, connections=8, connect_timeout_s=30)
    crowd = PostgresAccessKeys(wide)
    addresses = [f"203.0.113.{number % 4}" for number in range(120)]
    with ThreadPoolExecutor(8) as threads:
        let_in = sum(threads.map(lambda address: free(crowd, text, address), addresses))
    wide.close()
    # Four visitors of 15 have 60, the key has 40; a slow machine may give one back meanwhile.
    assert 40 <= let_in <= 43


def test_of_first_requests_at_once_one_takes_the_bucket(
    keys: PostgresAccessKeys, database_url: str
) -> None:
    wide = Database(database_url, connections=8, connect_timeout_s=30)
    crowd = PostgresAccessKeys(wide)
    for wanted in (new(requests_per_minute=1), new(visitor_requests_per_minute=1)) * 5:
        text = keys.add(wanted)
        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(lambda _, key=text: free(crowd, key), range(8))) == 1
    wide.close()


def test_no_address_is_kept(keys: PostgresAccessKeys, database: Database) -> None:
    for _ in range(2):
        admit(keys, keys.add(new(visitor_requests_per_minute=9)))
    with database.transaction() as connection:
        rows = connection.execute("select visitor from request_rate").fetchall()
    visitors = {str(row["visitor"]) for row in rows}
    # Each key has a salt of its own: visitors of two sites cannot be told to be one.
    assert len(visitors) == 2
    assert not any(HOME in visitor for visitor in visitors)


def test_visitors_are_forgotten_after_a_minute(
    keys: PostgresAccessKeys, database: Database
) -> None:
    text = keys.add(new(visitor_requests_per_minute=9))
    admit(keys, text)
    assert keys.forget_visitors() == 0
    with database.transaction() as connection:
        connection.execute("update request_rate set full_at = full_at - interval '1 minute'")
    assert keys.forget_visitors() == 1


def test_a_revoked_key_ends_at_once(keys: PostgresAccessKeys) -> None:
    text = keys.add(new())
    keys.revoke(str(key_id_in(text)))
    assert admit(keys, text) is None
    with pytest.raises(NotFoundError, match="keys list"):
        keys.revoke("sk_nosuchkey1")


def test_a_rotated_key_permits_the_same_and_the_old_one_ends_with_its_grace(
    keys: PostgresAccessKeys,
) -> None:
    old = keys.add(new(requests_per_minute=7))
    fresh = keys.rotate(str(key_id_in(old)), timedelta(hours=1))
    assert all(admit(keys, text) for text in (old, fresh))
    first, second = keys.every()
    assert (first.name, first.origins, first.limits) == (second.name, second.origins, second.limits)
    last = keys.rotate(str(key_id_in(fresh)), timedelta())
    assert admit(keys, fresh) is None
    assert admit(keys, last)
    # The ways of one key never part: of a chain only its last end grows.
    for replaced in (old, fresh):
        with pytest.raises(UnprocessableError, match="replaced already"):
            keys.rotate(str(key_id_in(replaced)), timedelta())
    assert len(keys.every()) == 3
    keys.revoke(str(key_id_in(last)))
    with pytest.raises(NotFoundError, match="no valid key"):
        keys.rotate(str(key_id_in(last)), timedelta())
