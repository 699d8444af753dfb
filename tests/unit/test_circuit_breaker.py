"""When an endpoint that fails is left alone, and when it is tried again."""

from dataclasses import dataclass

from footnote.circuit_breaker import (
    FAILURES_TO_OPEN,
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    CircuitBreaker,
    CircuitBreakers,
)


@dataclass
class Clock:
    """A clock that goes on when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> CircuitBreaker:
    breaker = CircuitBreaker(clock)
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.allows()
        breaker.failed()
    return breaker


def test_it_opens_after_consecutive_failures_only() -> None:
    breaker = CircuitBreaker(Clock())
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()


def test_open_it_lets_nothing_pass_until_the_pause_is_over() -> None:
    clock = Clock()
    breaker = opened(clock)
    assert not breaker.allows()
    assert breaker.held_s() == FIRST_PAUSE_S
    clock.now += FIRST_PAUSE_S
    assert breaker.allows()


def test_after_the_pause_one_call_tries_and_the_others_wait_for_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += FIRST_PAUSE_S
    assert [breaker.allows() for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert [breaker.allows() for _ in range(3)] == [True, True, True]


def test_each_failed_trial_doubles_the_pause_up_to_a_limit() -> None:
    clock = Clock()
    breaker = opened(clock)
    pauses = []
    for _ in range(7):
        pauses.append(breaker.held_s())
        clock.now += breaker.held_s()
        assert breaker.allows()
        breaker.failed()
    assert pauses == [5, 10, 20, 40, 80, LONGEST_PAUSE_S, LONGEST_PAUSE_S]


def test_a_trial_that_never_ends_does_not_keep_it_open_for_ever() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += FIRST_PAUSE_S
    assert breaker.allows()
    clock.now += FIRST_PAUSE_S
    assert breaker.allows()


def test_an_endpoint_that_asks_for_time_gets_it_at_once_within_reason() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock)
    breaker.failed(retry_after_s=30)
    assert breaker.held_s() == 30
    breaker.failed(retry_after_s=1e9)
    assert breaker.held_s() == LONGEST_PAUSE_S


def test_each_endpoint_has_its_own() -> None:
    breakers = CircuitBreakers(Clock())
    for _ in range(FAILURES_TO_OPEN):
        breakers["a"].failed()
    assert (breakers["a"].allows(), breakers["b"].allows()) == (False, True)
