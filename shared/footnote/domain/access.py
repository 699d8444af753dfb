"""Keys to the API: what each permits, where, and how much of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from footnote.domain.document import KnowledgeBaseId, is_knowledge_base
from footnote.domain.errors import ForbiddenError, UnprocessableError


class KeyKind(StrEnum):
    """A publishable key stands in web pages, where everybody reads it; a secret one opens all."""

    PUBLISHABLE = "publishable"
    SECRET = "secret"  # noqa: S105 - not a secret


class Action(StrEnum):
    """What a caller wants."""

    SEARCH = "search"
    ASK = "ask"
    FEEDBACK = "feedback"
    FORGET = "forget"
    MANAGE = "manage"


# As browsers send it: no path, no slash at its end.
ORIGIN = r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?|https?://\[[0-9a-f:]+\](?::[0-9]{1,5})?"
# What one person can read and ask; a page that is open to all is asked by many.
VISITOR_RATE = 20
# What strangers may be let do.
_PUBLISHABLE = frozenset({Action.SEARCH, Action.ASK, Action.FEEDBACK, Action.FORGET})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a key may be used; None is without limit.

    `visitor_requests_per_minute` counts for each address that the key is used from. Tokens and US
    dollars are those of models; a day ends at midnight UTC.
    """

    requests_per_minute: int | None = None
    visitor_requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    daily_usd: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What a key is to permit; see `AccessKey`.

    Raises:
        UnprocessableError: it cannot be so.
    """

    kind: KeyKind
    name: str
    knowledge_bases: tuple[KnowledgeBaseId, ...] = ()
    origins: tuple[str, ...] = ()
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        if self.kind is KeyKind.PUBLISHABLE and not self.knowledge_bases:
            message = "a publishable key is for named knowledge bases"
            raise UnprocessableError(message)
        for kb in self.knowledge_bases:
            if not is_knowledge_base(kb):
                message = f"{kb} is no name of a knowledge base: use a-z, 0-9 and -"
                raise UnprocessableError(message)
        for origin in self.origins:
            if not re.fullmatch(ORIGIN, origin):
                message = f"{origin} is no origin such as https://www.example.com, without a path"
                raise UnprocessableError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """A key as it is kept: `key_id` is its readable part, its secret is known as a hash only.

    Without `knowledge_bases` it reaches all; without `origins` pages of any site may use it. An
    origin keeps honest pages out, and nobody else: programs send what they like.
    """

    key_id: str
    kind: KeyKind
    name: str
    knowledge_bases: tuple[KnowledgeBaseId, ...]
    origins: tuple[str, ...]
    limits: Limits
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def permits(self, action: Action) -> bool:
        """Whether a key of this kind does that."""
        return self.kind is KeyKind.SECRET or action in _PUBLISHABLE

    def admits(self, origin: str) -> bool:
        """Whether a page of this origin (empty: no page) may use it."""
        return not self.origins or origin in self.origins


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: the holder of a key, or, without one, the owner of the machine."""

    key: AccessKey | None = None

    def into(self, kb: KnowledgeBaseId) -> KnowledgeBaseId:
        """The knowledge base, where the caller may be let into it.

        Raises:
            ForbiddenError: it is not one of the key's.
        """
        if self.reaches(kb):
            return kb
        message = f"this key is not for the knowledge base {kb}"
        raise ForbiddenError(message)

    def reaches(self, kb: KnowledgeBaseId) -> bool:
        """Whether the caller may know of the knowledge base at all."""
        return not self.knowledge_bases or kb in self.knowledge_bases

    @property
    def knowledge_bases(self) -> tuple[KnowledgeBaseId, ...]:
        """Those that the caller is let into; empty: all."""
        return self.key.knowledge_bases if self.key else ()


OWNER = Caller()


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A key that was found, and after how many seconds it may be used again (0: now)."""

    key: AccessKey
    wait_s: float = 0.0
