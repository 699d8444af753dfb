"""A model's calls, paid for before they are made: the most that one can cost is reserved first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from footnote.answering.token_count import count_tokens, prompt_tokens
from footnote.attempts import CascadePorts
from footnote.domain.access import Caller
from footnote.domain.answer import NO_TOKENS, Usage
from footnote.domain.errors import DatabaseUnavailableError, ModelRefusedError, UnusableReplyError
from footnote.domain.model import MILLION, Model
from footnote.domain.prompt import Completion, Prompt
from footnote.domain.spending import Amount
from footnote.embedding.port import Embedder, Vector
from footnote.generation.port import Generator
from footnote.observability import logger
from footnote.wall_clock import within

# Of the time that a call has: the database is near, and a model is not.
_RESERVING_SHARE = 0.2


class Purse(Protocol):
    """What may still be spent, and was."""

    def is_open(self, caller: Caller) -> bool:
        """Whether nothing limits what the caller's questions cost."""
        ...

    def reserve(self, caller: Caller, amount: Amount) -> None:
        """Take it from what the caller, and the deployment, have left; all of it or nothing.

        Raises:
            RateLimitedError: there is not so much left.
            ModelRefusedError: what it costs is not known, and money is limited.
        """
        ...

    def settle(self, caller: Caller, reserved: Amount, real: Amount) -> None:
        """Give back what was reserved and not used."""
        ...


def paid_by(caller: Caller, purse: Purse, cascade: CascadePorts) -> CascadePorts:
    """The cascade, whose calls the caller pays for where anything limits them."""
    if purse.is_open(caller):
        return cascade
    return replace(
        cascade,
        generators=lambda model: MeteredGenerator(cascade.generators(model), model, purse, caller),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingPrice:
    """Has questions embedded by who asks them: `usd` for a million tokens."""

    purse: Purse
    usd: Decimal

    def paid_by(self, caller: Caller, embedder: Embedder) -> Embedder:
        """The embedder, which the caller pays for where anything limits them."""
        if self.purse.is_open(caller):
            return embedder
        return MeteredEmbedder(embedder, self, caller)


class MeteredEmbedder:
    """Calls an embedding model for somebody who has only so much to spend."""

    def __init__(self, inner: Embedder, price: EmbeddingPrice, caller: Caller) -> None:
        self.model, self.dimension = inner.model, inner.dimension
        self._inner = inner
        self._price = price
        self._caller = caller

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """See `Embedder.embed`; raises RateLimitedError where the budget is used up.

        What it took is counted here: not every endpoint says it.
        """
        tokens = sum(map(count_tokens, texts))
        amount = Amount(tokens=tokens, usd=self._price.usd * tokens / MILLION)
        self._price.purse.reserve(self._caller, amount)
        try:
            return self._inner.embed(texts)
        except ModelRefusedError as error:
            if not isinstance(error, UnusableReplyError):
                self._price.purse.settle(self._caller, amount, Amount(tokens=0, usd=Decimal(0)))
            raise


class MeteredGenerator:
    """Calls a model for somebody who has only so much to spend."""

    def __init__(self, inner: Generator, model: Model, purse: Purse, caller: Caller) -> None:
        self.model = inner.model
        self._inner = inner
        self._priced = model
        self._purse = purse
        self._caller = caller

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        """See `Generator.generate`; raises RateLimitedError where the budget is used up."""
        reserved = self._reserve(prompt, deadline_s)
        try:
            completion = self._inner.generate(prompt, deadline_s=deadline_s)
        except ModelRefusedError as error:
            self._settle_refused(reserved, error)
            raise
        # What an endpoint that broke off has charged is not known: all of it counts as spent.
        self._settle(reserved, _charged(prompt, completion))
        return completion

    def stream(self, prompt: Prompt, *, deadline_s: float) -> Iterator[str | Completion]:
        """See `Generator.stream`; raises RateLimitedError where the budget is used up."""
        reserved, told = self._reserve(prompt, deadline_s), False
        try:
            for piece in self._inner.stream(prompt, deadline_s=deadline_s):
                told = True
                if isinstance(piece, Completion):
                    self._settle(reserved, _charged(prompt, piece))
                yield piece
        except ModelRefusedError as error:
            if not told:
                self._settle_refused(reserved, error)
            raise

    def _reserve(self, prompt: Prompt, deadline_s: float) -> Amount:
        written = self._priced.max_output_tokens
        most = self._amount(Usage(input_tokens=prompt_tokens(prompt), output_tokens=written))

        def reserve() -> None:
            self._purse.reserve(self._caller, most)

        def give_back(_: None) -> None:
            self._settle(most, NO_TOKENS)

        try:
            within(deadline_s * _RESERVING_SHARE, reserve, name="purse", too_late=give_back)
        except TimeoutError as error:
            message = "the database does not tell in time what may be spent"
            raise DatabaseUnavailableError(message) from error
        return most

    def _settle_refused(self, reserved: Amount, error: ModelRefusedError) -> None:
        """A reply of no use is charged for; where it did not say how much, all counts as spent."""
        if not isinstance(error, UnusableReplyError):
            self._settle(reserved, NO_TOKENS)
        elif error.usage is not None:
            self._settle(reserved, error.usage)

    def _settle(self, reserved: Amount, usage: Usage) -> None:
        try:
            self._purse.settle(self._caller, reserved, self._amount(usage))
        except DatabaseUnavailableError as error:
            logger.error("more is reserved than was spent", reason=str(error))

    def _amount(self, usage: Usage) -> Amount:
        tokens = usage.input_tokens + usage.output_tokens
        return Amount(tokens=tokens, usd=self._priced.cost(usage))


def _charged(prompt: Prompt, completion: Completion) -> Usage:
    """What the endpoint said that it took; what it must have taken, where it said nothing."""
    if completion.usage != NO_TOKENS:
        return completion.usage
    return Usage(input_tokens=prompt_tokens(prompt), output_tokens=count_tokens(completion.text))
