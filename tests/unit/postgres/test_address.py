"""Where the database is: what a secret tells of it, and when that is read again."""

import json
from collections.abc import Callable, Iterable

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from footnote.domain.errors import SettingsError
from footnote.postgres.address import ChangingAddress, address_of

AURORA = {"username": "footnote", "password": "p'ss \\word"}


def told(values: Iterable[str | Exception]) -> Callable[[], str]:
    """What a secret holds, one look after the other."""
    coming = iter(values)

    def read() -> str:
        value = next(coming)
        if isinstance(value, Exception):
            raise value
        return value

    return read


def test_a_secret_with_a_url_is_that_url() -> None:
    assert address_of("postgresql://me@db.example/x") == "postgresql://me@db.example/x"
    assert address_of("postgresql://me@db.example/x\r\n") == "postgresql://me@db.example/x"


def test_auroras_secret_has_the_user_and_the_host_comes_from_the_stack() -> None:
    parts = conninfo_to_dict(address_of(json.dumps(AURORA), host="cluster.example"))
    assert parts["host"] == "cluster.example"
    assert (parts["user"], parts["password"]) == (AURORA["username"], AURORA["password"])
    assert (parts["port"], parts["dbname"], parts["sslmode"]) == ("5432", "footnote", "require")


def test_a_secret_of_secrets_manager_tells_its_host_itself() -> None:
    held = AURORA | {"host": "other.example", "port": 6432, "dbname": "mine", "engine": "postgres"}
    parts = conninfo_to_dict(address_of(json.dumps(held)))
    assert (parts["host"], parts["port"], parts["dbname"]) == ("other.example", "6432", "mine")


@pytest.mark.parametrize("secret", ['{"username": "me"', json.dumps(AURORA), '{"host": "x"}'])
def test_a_secret_that_is_neither_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(SettingsError, match="FOOTNOTE_DATABASE_HOST") as refused:
        address_of(secret)
    assert AURORA["password"] not in str(refused.value)


def test_an_address_that_works_is_read_once() -> None:
    address = ChangingAddress(told(["first"]))
    for _ in range(3):
        assert address.current() == "first"
        address.worked()


def test_an_address_that_failed_is_read_again() -> None:
    address = ChangingAddress(told(["old", "new"]))
    assert address.current() == "old"
    assert address.current() == "new"
    address.worked()
    assert address.current() == "new"


def test_an_address_that_cannot_be_read_again_is_tried_once_more_later() -> None:
    address = ChangingAddress(told(["old", SettingsError("no endpoint"), "new"]))
    address.current()
    with pytest.raises(psycopg.OperationalError, match="cannot be read"):
        address.current()
    assert address.current() == "new"


def test_a_secret_is_read_at_the_first_use_and_not_before() -> None:
    read = told(["first"])
    address = ChangingAddress(read)
    address.look_up()
    address.look_up()
    assert address.current() == "first"


def test_a_secret_that_cannot_be_read_at_all_says_so_at_the_first_use() -> None:
    address = ChangingAddress(told([SettingsError("not allowed")]))
    with pytest.raises(SettingsError, match="not allowed"):
        address.look_up()
