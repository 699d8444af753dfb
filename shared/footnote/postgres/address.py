"""Where the database is, as a secret tells it; and that again, once its password was changed."""

import json
from collections.abc import Callable

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from footnote.domain.errors import FootnoteError, SettingsError
from footnote.observability import logger

# A connection that does nothing for so long no longer keeps Aurora awake; Lambda would hold it.
_IDLE_MS = 240_000


def address_of(secret: str, *, host: str = "") -> str:
    """What psycopg connects to, by the text of a secret.

    That is a URL, or the JSON that Aurora and Secrets Manager keep: `username` and `password`, and
    `host`, `port` and `dbname` where `host` is not given.

    Raises:
        SettingsError: it is neither.
    """
    secret = secret.strip()  # many were written from a file, with the end of its line
    if not secret.startswith("{"):
        return _checked(secret)
    try:
        held = json.loads(secret)
        return make_conninfo(
            host=host or held["host"],
            port=held.get("port", 5432),
            dbname=held.get("dbname", "footnote"),
            user=held["username"],
            password=held["password"],
            sslmode="require",
            options=f"-c idle_session_timeout={_IDLE_MS}",
        )
    except (ValueError, KeyError):
        message = (
            "the database's secret is no connection URL and no JSON with username and password; "
            "beside these it needs a host, or FOOTNOTE_DATABASE_HOST"
        )
        raise SettingsError(message) from None  # what was read holds the password


def at_host(address: str, host: str) -> str:
    """The same database, user and password, at another host.

    Raises:
        SettingsError: the address cannot be read.
    """
    return make_conninfo(_checked(address), host=host)


class ChangingAddress:
    """An address that is read again whenever the last attempt to connect to it did not work.

    So a password that was changed costs one failed attempt and one look at the secret, and a
    connection costs none as long as it works.
    """

    def __init__(self, read: Callable[[], str]) -> None:
        """Reads nothing yet: a snapshot of this process is to hold no password."""
        self._read = read
        self._kept: str | None = None
        self._works = True

    def look_up(self) -> None:
        """Read it for the first time; fails as that does, and does nothing after that."""
        if self._kept is None:
            self._kept = self._read()

    def current(self) -> str:
        """What to connect to now.

        Raises:
            OperationalError: it cannot be read again; psycopg's pool tries once more after it.
        """
        if self._kept is None or not self._works:
            try:
                self._kept = self._read()
            except FootnoteError as error:
                logger.warning("the database's address cannot be read", reason=str(error))
                raise psycopg.OperationalError("the address cannot be read") from error
        self._works = False
        return self._kept

    def worked(self) -> None:
        """The last attempt to connect did."""
        self._works = True


def _checked(address: str) -> str:
    """The address; what Postgres says of one that it cannot read repeats the password in it."""
    try:
        conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        message = "FOOTNOTE_DATABASE_URL, or the secret that holds it, is no Postgres URL"
        raise SettingsError(message) from None
    return address
