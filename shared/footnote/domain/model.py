"""Models as data: what an endpoint offers, what it costs, and who answers which questions."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from footnote.domain.answer import Usage
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.question import Question

# The route of every knowledge base that has none of its own.
EVERY_KB = KnowledgeBaseId("*")
MILLION = 1_000_000
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_ADDRESS = re.compile(r"https?://[^/\s]")
# No other variable: who writes here could have any secret sent to an endpoint of their own.
_KEY_REF = re.compile(r"([A-Z0-9_]+_)?API_KEY\Z|arn:aws[a-z-]*:secretsmanager:")


class ModelKind(StrEnum):
    """Who trained it."""

    HOSTED = "hosted"
    FINE_TUNED = "fine-tuned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """An endpoint plus a name; `name` is ours, `remote_name` is what the endpoint calls it.

    Prices are in US dollars per million tokens, None where nobody gave them. `key_ref` says where
    the key is, and never is the key: the name of an environment variable, or the ARN of a secret.
    """

    name: str
    base_url: str
    remote_name: str
    kind: ModelKind = ModelKind.HOSTED
    checkpoint: str | None = None
    input_price: Decimal | None = None
    output_price: Decimal | None = None
    context_tokens: int | None = None
    max_output_tokens: int = 1024
    sunset: date | None = None
    key_ref: str = ""

    def check(self) -> None:
        """Refuse what cannot be registered.

        Raises:
            UnprocessableError: says which part, and what it should be.
        """
        if not _NAME.fullmatch(self.name):
            raise UnprocessableError(
                f"{self.name!r} is no name for a model: up to 63 lower case letters, digits, . _ -"
            )
        if not _ADDRESS.match(self.base_url):
            message = f"the endpoint of {self.name} must be an http or https address"
            raise UnprocessableError(message)
        if self.key_ref and not _KEY_REF.match(self.key_ref):
            raise UnprocessableError(
                f"the key of {self.name} must be the name of an environment variable that ends in"
                " API_KEY, or the ARN of a secret in Secrets Manager; never the key itself"
            )

    @property
    def endpoint(self) -> str:
        """What is up or down as one."""
        return f"{self.base_url} {self.remote_name}"

    def cost(self, usage: Usage) -> Decimal | None:
        """US dollars for these tokens; None where a price is not known."""
        if self.input_price is None or self.output_price is None:
            return None
        tokens = self.input_price * usage.input_tokens + self.output_price * usage.output_tokens
        return tokens / MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Names of the models that answer a knowledge base's questions, the first one first.

    `candidate` takes the place of the first step for a share of the conversations; `shadow` is sent
    a share of the questions as well, and its answers are recorded and never shown.
    """

    kb: KnowledgeBaseId = EVERY_KB
    steps: tuple[str, ...]
    candidate: str | None = None
    candidate_share: float = 0.0
    shadow: str | None = None
    shadow_share: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be a route.

        Raises:
            UnprocessableError: says what is wrong.
        """
        if not self.steps or len(set(self.steps)) < len(self.steps):
            raise UnprocessableError("a route names at least one model, and each only once")
        if self.candidate == self.steps[0]:
            raise UnprocessableError(f"{self.candidate} is the first step already")
        if not (0 <= self.candidate_share <= 1 and 0 <= self.shadow_share <= 1):
            raise UnprocessableError("a share is between 0 and 1")


class Arm(StrEnum):
    """Which first step a conversation was given, where two are compared."""

    BASE = "base"
    CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The models for one question: the steps of the cascade in order, and perhaps a shadow."""

    steps: tuple[Model, ...] = ()
    arm: Arm | None = None
    shadow: Model | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every model by name, and every route by knowledge base."""

    models: Mapping[str, Model]
    routes: Mapping[KnowledgeBaseId, Route]

    def route(self, kb: KnowledgeBaseId) -> Route | None:
        """A knowledge base's own route, or else the one for all."""
        return self.routes.get(kb) or self.routes.get(EVERY_KB)

    @property
    def is_complete(self) -> bool:
        """Whether every knowledge base has a route."""
        return EVERY_KB in self.routes

    @property
    def next_sunset(self) -> date | None:
        """The first day on which a model that a route leads to is dropped; None where none is."""
        named = {name for route in self.routes.values() for name in (*route.steps, route.candidate)}
        days = [model.sunset for name, model in self.models.items() if name in named]
        return min((day for day in days if day), default=None)

    def plan(self, question: Question) -> Plan:
        """Who answers this question; nobody, where there is no route."""
        route = self.route(question.kb)
        if route is None:
            return Plan()
        first, arm = route.steps[0], None
        if route.candidate:
            chosen = _drawn(route.candidate, question.conversation_id, route.candidate_share)
            arm = Arm.CANDIDATE if chosen else Arm.BASE
            first = route.candidate if chosen else first
        names = dict.fromkeys((first, *route.steps[1:]))
        shadow = route.shadow
        if not shadow or not _drawn(f"shadow {shadow}", question.question_id, route.shadow_share):
            shadow = None
        return Plan(
            steps=tuple(self.models[name] for name in names),
            arm=arm,
            shadow=self.models[shadow] if shadow else None,
        )


def _drawn(experiment: str, unit: str, share: float) -> bool:
    """Whether a unit belongs to an experiment's share: always the same, and evenly spread."""
    digest = hashlib.sha256(f"{experiment}\0{unit}".encode(errors="replace")).digest()
    return int.from_bytes(digest[:8]) < share * 2**64
