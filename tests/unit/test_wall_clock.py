"""Calls and generators that are bounded by the wall clock."""

import threading
import time
from collections.abc import Generator
from itertools import count

import pytest

from footnote.wall_clock import each_within


def counting(pause_s: float, ended: threading.Event | None = None) -> Generator[int]:
    try:
        for number in count():
            yield number
            time.sleep(pause_s)
    finally:
        if ended:
            ended.set()


def test_what_a_generator_yields_comes_as_it_is_made() -> None:
    began, times = time.monotonic(), list[float]()
    for number in each_within(5, lambda: counting(0.05)):
        times.append(time.monotonic() - began)
        if number == 2:
            break
    assert times[0] < 0.05 < times[1] < times[2]


def test_a_generator_that_ends_is_over() -> None:
    assert list(each_within(5, lambda: (number for number in range(3)))) == [0, 1, 2]


def test_the_time_is_for_all_of_it_however_often_it_yields() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        list(each_within(0.2, lambda: counting(0.01)))
    assert 0.2 <= time.monotonic() - began < 1.0


def test_a_generator_that_yields_nothing_is_not_waited_for() -> None:
    never = threading.Event()

    def silent() -> Generator[int]:
        never.wait(5)
        yield 1

    with pytest.raises(TimeoutError):
        list(each_within(0.1, silent))
    never.set()


def test_its_error_belongs_to_whoever_listens() -> None:
    def failing() -> Generator[int]:
        yield 1
        message = "broken"
        raise ValueError(message)

    listening = each_within(5, failing)
    assert next(listening) == 1
    with pytest.raises(ValueError, match="broken"):
        next(listening)


def test_whoever_stops_listening_ends_it() -> None:
    ended = threading.Event()
    listening = each_within(5, lambda: counting(0.01, ended))
    assert next(listening) == 0
    listening.close()
    assert ended.wait(2)


def test_a_source_that_cannot_be_made_is_an_error_like_any_other() -> None:
    def missing() -> Generator[int]:
        message = "no such"
        raise LookupError(message)

    with pytest.raises(LookupError, match="no such"):
        list(each_within(5, missing))
