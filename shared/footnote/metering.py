"""A model's answers, paid for before they are made: the most that one can cost is reserved."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from footnote.answering.token_count import count_tokens, prompt_tokens
from footnote.cascade_ports import CascadePorts
from footnote.domain.access import Caller
from footnote.domain.answer import NO_TOKENS, Usage
from footnote.domain.errors import DatabaseUnavailableError, ModelRefusedError, UnusableReplyError
from footnote.domain.model import Model
from footnote.domain.prompt import Completion, Prompt
from footnote.domain.spending import Amount
from footnote.generation.port import Generator
from footnote.observability import logger
from footnote.wall_clock import within

# Of the time that a call has: the database is near, and a model is not.
RESERVING_SHARE = 0.2
NOTHING = Amount(tokens=0, usd=Decimal(0))


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


def reserve_within(seconds: float, purse: Purse, caller: Caller, most: Amount) -> None:
    """Reserve, or give up after so many seconds; what is reserved after that is given back.

    Raises:
        RateLimitedError: there is not so much left.
        ModelRefusedError: what it costs is not known, and money is limited.
        DatabaseUnavailableError: it took too long.
    """

    def give_back(_: None) -> None:
        settle(purse, caller, most, NOTHING)

    try:
        within(seconds, lambda: purse.reserve(caller, most), name="purse", too_late=give_back)
    except TimeoutError as error:
        message = "the database does not tell in time what may be spent"
        raise DatabaseUnavailableError(message) from error


def settle(purse: Purse, caller: Caller, reserved: Amount, real: Amount) -> None:
    """Give back what was not used; where the database is down, all of it stays spent."""
    try:
        purse.settle(caller, reserved, real)
    except DatabaseUnavailableError as error:
        logger.error("more is reserved than was spent", reason=str(error))


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

    def stream(
        self, prompt: Prompt, *, deadline_s: float, most_s: float | None = None
    ) -> Iterator[str | Completion]:
        """See `Generator.stream`; raises RateLimitedError where the budget is used up."""
        reserved, told = self._reserve(prompt, deadline_s), False
        try:
            for piece in self._inner.stream(prompt, deadline_s=deadline_s, most_s=most_s):
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
        reserve_within(deadline_s * RESERVING_SHARE, self._purse, self._caller, most)
        return most

    def _settle_refused(self, reserved: Amount, error: ModelRefusedError) -> None:
        """A reply of no use is charged for; where it did not say how much, all counts as spent."""
        if not isinstance(error, UnusableReplyError):
            self._settle(reserved, NO_TOKENS)
        elif error.usage is not None:
            self._settle(reserved, error.usage)

    def _settle(self, reserved: Amount, usage: Usage) -> None:
        settle(self._purse, self._caller, reserved, self._amount(usage))

    def _amount(self, usage: Usage) -> Amount:
        tokens = usage.input_tokens + usage.output_tokens
        return Amount(tokens=tokens, usd=self._priced.cost(usage))


def _charged(prompt: Prompt, completion: Completion) -> Usage:
    """What the endpoint said that it took; what it must have taken, where it said nothing."""
    if completion.usage != NO_TOKENS:
        return completion.usage
    return Usage(input_tokens=prompt_tokens(prompt), output_tokens=count_tokens(completion.text))
