"""The most that a call may cost is reserved; what cannot have been charged is given back."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from footnote.domain.access import OWNER, Caller
from footnote.domain.answer import NO_TOKENS, Usage
from footnote.domain.errors import (
    DatabaseUnavailableError,
    ModelRefusedError,
    ModelUnavailableError,
    UnusableReplyError,
)
from footnote.domain.prompt import Completion, Prompt
from footnote.domain.spending import Amount
from footnote.metering import MeteredGenerator
from tests.asking import a_model

PROMPT = Prompt(system="s", user="u", question="q", passages=())
DONE = Completion(text="Yes.", usage=Usage(input_tokens=2, output_tokens=1))
PRICED = a_model("m", input_price=Decimal(1), output_price=Decimal(1), max_output_tokens=100)


@dataclass
class FakePurse:
    """Remembers what was taken and not given back."""

    spent: Decimal = Decimal(0)
    reserved: list[Amount] = field(default_factory=list)

    def is_open(self, caller: Caller) -> bool:
        del caller
        return False

    def reserve(self, caller: Caller, amount: Amount) -> None:
        del caller
        self.reserved.append(amount)
        self.spent += amount.usd or 0

    def settle(self, caller: Caller, reserved: Amount, real: Amount) -> None:
        del caller
        self.spent += (real.usd or 0) - (reserved.usd or 0)


@dataclass
class Scripted:
    """Says these pieces, or fails."""

    pieces: list[str | Completion | Exception]
    model: str = "m"

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        *_, last = self.stream(prompt, deadline_s=deadline_s)
        assert isinstance(last, Completion)
        return last

    def stream(
        self, prompt: Prompt, *, deadline_s: float, most_s: float | None = None
    ) -> Iterator[str | Completion]:
        del prompt, deadline_s, most_s
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece


REAL = Decimal(3) / 1_000_000


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("pieces", "left"),
    [
        (["Yes.", DONE], REAL),
        # The endpoint took nothing in, so it cannot charge.
        ([ModelRefusedError("no such model")], 0),
        # It answered, and said what it charges.
        ([UnusableReplyError("empty", usage=DONE.usage)], REAL),
        ([UnusableReplyError("no form at all")], None),
        # What an endpoint that broke off has charged is not known.
        ([ModelUnavailableError("hung up")], None),
    ],
    ids=["answered", "refused", "of no use", "of no use, unpriced", "broken off"],
)
def test_what_stays_reserved_is_what_may_have_been_charged(
    pieces: list[str | Completion | Exception], left: Decimal | None, *, streamed: bool
) -> None:
    purse = FakePurse()
    metered = MeteredGenerator(Scripted(pieces), PRICED, purse, OWNER)
    failure = next((piece for piece in pieces if isinstance(piece, Exception)), None)

    def call() -> None:
        if streamed:
            list(metered.stream(PROMPT, deadline_s=1))
        else:
            metered.generate(PROMPT, deadline_s=1)

    if failure is None:
        call()
    else:
        with pytest.raises(type(failure)):
            call()
    (most,) = purse.reserved
    assert purse.spent == (most.usd if left is None else left)


def test_of_a_stream_that_is_refused_in_its_middle_all_counts_as_spent() -> None:
    purse = FakePurse()
    pieces: list[str | Completion | Exception] = ["Yes", ModelRefusedError("no form at all")]
    with pytest.raises(ModelRefusedError):
        list(MeteredGenerator(Scripted(pieces), PRICED, purse, OWNER).stream(PROMPT, deadline_s=1))
    assert purse.spent == purse.reserved[0].usd


def test_an_endpoint_that_does_not_say_what_it_took_is_not_taken_to_be_free() -> None:
    purse = FakePurse()
    silent = Completion(text="Yes, indeed.", usage=NO_TOKENS)
    MeteredGenerator(Scripted([silent]), PRICED, purse, OWNER).generate(PROMPT, deadline_s=1)
    # Two tokens of the prompt, and those of the answer.
    assert 0 < purse.spent < Decimal(10) / 1_000_000


class SlowPurse(FakePurse):
    """Takes what is asked for only when it is told to, and says when it has given it back."""

    def __init__(self) -> None:
        super().__init__()
        self.may_take, self.given_back = threading.Event(), threading.Event()

    def reserve(self, caller: Caller, amount: Amount) -> None:
        assert self.may_take.wait(30)
        super().reserve(caller, amount)

    def settle(self, caller: Caller, reserved: Amount, real: Amount) -> None:
        super().settle(caller, reserved, real)
        self.given_back.set()


def test_what_is_reserved_too_late_is_given_back() -> None:
    purse = SlowPurse()
    generator = MeteredGenerator(Scripted([DONE]), PRICED, purse, OWNER)
    with pytest.raises(DatabaseUnavailableError):
        generator.generate(PROMPT, deadline_s=0.1)
    purse.may_take.set()
    assert purse.given_back.wait(30)
    assert len(purse.reserved) == 1
    assert purse.spent == 0
