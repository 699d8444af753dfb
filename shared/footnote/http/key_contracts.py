"""The bodies of `/v1/keys`: what a key is to permit, and what is told of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from footnote.domain.access import ORIGIN, KeyKind
from footnote.http.contracts import KnowledgeBase, Words
from footnote.http.text import readable

# What Postgres' integer holds, and nobody ever wants.
type PerMinute = Annotated[int, Field(ge=1, le=1_000_000_000)]
type Origin = Annotated[str, StringConstraints(pattern=f"^(?:{ORIGIN})$", max_length=300)]
type Usd = Annotated[float, Field(gt=0, le=1e9)]
_LONGEST_GRACE_H = 24 * 90


class KeyState(StrEnum):
    """`replaced`: by another one, and good for a while yet."""

    VALID = "valid"
    REPLACED = "replaced"
    EXPIRED = "expired"
    REVOKED = "revoked"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeyBody(_Body):
    """`POST /v1/keys`: see `footnote keys create`; null is without limit.

    A publishable key names its knowledge bases; a secret one that names none reaches all. Where
    `visitor_requests_per_minute` is left out, a publishable key has 20.
    """

    name: Annotated[Words, StringConstraints(max_length=200), AfterValidator(readable)]
    kind: KeyKind = KeyKind.PUBLISHABLE
    knowledge_bases: Annotated[list[KnowledgeBase], Field(max_length=100)] = []
    origins: Annotated[list[Origin], Field(max_length=100)] = []
    requests_per_minute: PerMinute | None = None
    visitor_requests_per_minute: PerMinute | None = None
    tokens_per_minute: PerMinute | None = None
    daily_usd: Usd | None = None


class RotateBody(_Body):
    """`POST /v1/keys/{id}/rotate`: for how long the old secret is good yet."""

    grace_hours: Annotated[float, Field(ge=0, le=_LONGEST_GRACE_H)] = 24


class KeyReply(BaseModel):
    """A key without its secret; no `knowledge_bases`: all, no `origins`: pages of any site."""

    key_id: str
    kind: KeyKind
    name: str
    knowledge_bases: list[str]
    origins: list[str]
    requests_per_minute: int | None
    visitor_requests_per_minute: int | None
    tokens_per_minute: int | None
    daily_usd: float | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    state: KeyState


class NewKeyReply(KeyReply):
    """A key that was made just now; `key` is told this once."""

    key: str


class KeysReply(BaseModel):
    """Every key that the caller may know of, the oldest first, also those that ended."""

    keys: list[KeyReply]
