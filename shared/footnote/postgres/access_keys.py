"""Keys in Postgres, and how often they were used."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from footnote.access.key_text import key_hash, key_id_in, kind_of, new_key_text
from footnote.domain.access import AccessKey, Admission, KeyKind, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import FootnoteError, NotFoundError, UnprocessableError
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries


class PostgresAccessKeys:
    """All keys of a deployment; their secrets are known as hashes only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("access_keys.sql")

    def admit(self, secret_hash: bytes, address: str) -> Admission | None:
        """The key of that hash, with one request taken from its limits; None where it is no key."""
        parameters = {"secret_hash": secret_hash, "address": address}
        with self._database.transaction() as connection:
            row = connection.execute(self._sql["admit"], parameters).fetchone()
        if row is None:
            return None
        wait_s = row.pop("wait_s")
        return Admission(key=_key(row), wait_s=float(str(wait_s)))

    def add(self, new: NewKey) -> str:
        """Add a key; what is returned is its text, which cannot be had again."""
        text = new_key_text(new.kind)
        parameters = asdict(new) | asdict(new.limits)
        lists = {"knowledge_bases": list(new.knowledge_bases), "origins": list(new.origins)}
        with self._database.transaction() as connection:
            connection.execute(self._sql["add_key"], parameters | lists | _secret(text))
        return text

    def every(self) -> list[AccessKey]:
        """All keys, the oldest first, those that are no longer valid included."""
        with self._database.transaction() as connection:
            return [_key(row) for row in connection.execute(self._sql["list_keys"])]

    def find(self, key_id: str) -> AccessKey | None:
        """One key by its readable part, also one that ended."""
        with self._database.transaction() as connection:
            row = connection.execute(self._sql["find_key"], {"key_id": key_id}).fetchone()
        return _key(row) if row else None

    def rotate(self, key_id: str, grace: timedelta) -> str:
        """Replace a key by one with another secret; the old one is valid for the time of grace.

        Raises:
            NotFoundError: there is no such key that is valid.
            UnprocessableError: it was replaced already.
        """
        text = new_key_text(kind_of(key_id))
        parameters = {"old_key_id": key_id, "grace_s": grace.total_seconds()} | _secret(text)
        with self._database.transaction() as connection:
            replaced = connection.execute(self._sql["replace_key"], parameters).rowcount
        if not replaced:
            raise self._not_replaced(key_id)
        return text

    def _not_replaced(self, key_id: str) -> FootnoteError:
        key = self.find(key_id)
        if key and key.expires_at and not key.revoked_at:
            message = f"{key_id} was replaced already; rotate the key that it was replaced by"
            return UnprocessableError(message)
        return NotFoundError(f"there is no valid key {key_id}; `footnote keys list` shows all")

    def revoke(self, key_id: str) -> None:
        """End a key at once.

        Raises:
            NotFoundError: there is none of that name.
        """
        with self._database.transaction() as connection:
            if not connection.execute(self._sql["revoke_key"], {"key_id": key_id}).rowcount:
                message = f"there is no key {key_id}; `footnote keys list` shows all"
                raise NotFoundError(message)

    def forget_visitors(self) -> int:
        """Delete what is kept of visitors who have not called for a minute; returns how many.

        The salts that they are hashed with are renewed once a day; until then a visitor's hash
        stays the same.
        """
        with self._database.transaction() as connection:
            connection.execute(self._sql["renew_salts"])
            return connection.execute(self._sql["forget_visitors"]).rowcount


def _secret(text: str) -> dict[str, object]:
    return {"key_id": key_id_in(text), "secret_hash": key_hash(text)}


def _key(row: dict[str, Any]) -> AccessKey:
    return AccessKey(
        key_id=row["key_id"],
        kind=KeyKind(row["kind"]),
        name=row["name"],
        knowledge_bases=tuple(KnowledgeBaseId(kb) for kb in row["knowledge_bases"]),
        origins=tuple(row["origins"]),
        limits=Limits(
            requests_per_minute=row["requests_per_minute"],
            visitor_requests_per_minute=row["visitor_requests_per_minute"],
            tokens_per_minute=row["tokens_per_minute"],
            daily_usd=row["daily_usd"],
        ),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
