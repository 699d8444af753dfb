"""Calls and generators that are bounded by the wall clock."""

import threading
import time
from collections.abc import Generator
from itertools import count

import pytest

from footnote.wall_clock import Patience, each_within


def counting(pause_s: float, ended: threading.Event | None = None) -> Generator[int]:
    try:
        for number in count():
            yield number
            time.sleep(pause_s)
    finally:
        if ended:
            ended.set()


def test_what_a_generator_yields_comes_as_it_is_made() -> None:
    heard = threading.Event()

    def in_turns() -> Generator[int]:
        for number in range(3):
            yield number
            assert heard.wait(60), "the next one was asked for before this one came"
            heard.clear()

    came = []
    for number in each_within(Patience(60), in_turns):
        came.append(number)
        heard.set()
    assert came == [0, 1, 2]


def test_a_generator_that_ends_is_over() -> None:
    assert list(each_within(Patience(5), lambda: (number for number in range(3)))) == [0, 1, 2]


def test_the_time_is_for_all_of_it_however_often_it_yields() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        list(each_within(Patience(0.2), lambda: counting(0.01)))
    assert time.monotonic() - began >= 0.2


def test_a_generator_that_yields_nothing_is_not_waited_for() -> None:
    never = threading.Event()

    def silent() -> Generator[int]:
        never.wait(5)
        yield 1

    with pytest.raises(TimeoutError):
        list(each_within(Patience(0.1), silent))
    never.set()


def test_its_error_belongs_to_whoever_listens() -> None:
    def failing() -> Generator[int]:
        yield 1
        message = "broken"
        raise ValueError(message)

    listening = each_within(Patience(5), failing)
    assert next(listening) == 1
    with pytest.raises(ValueError, match="broken"):
        next(listening)


def test_whoever_stops_listening_ends_it() -> None:
    ended = threading.Event()
    listening = each_within(Patience(5), lambda: counting(0.01, ended))
    assert next(listening) == 0
    listening.close()
    assert ended.wait(2)


def test_a_source_that_cannot_be_made_is_an_error_like_any_other() -> None:
    def missing() -> Generator[int]:
        message = "no such"
        raise LookupError(message)

    with pytest.raises(LookupError, match="no such"):
        list(each_within(Patience(5), missing))


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_who_keeps_speaking_is_listened_to_longer_and_not_for_ever() -> None:
    clock = Clock()
    patience = Patience(10, 20, clock=clock)
    clock.now = 9.5
    patience.heard()
    assert patience.left() == 1.5
    for clock.now in (11, 12, 13, 14, 15, 16, 17, 18, 19):
        patience.heard()
    assert patience.left() == 1
    assert not patience.is_used_up()
    clock.now = 20.0
    patience.heard()
    assert patience.left() == 0
    assert patience.is_used_up()


def test_who_falls_silent_is_left_where_a_silent_one_would_be() -> None:
    clock = Clock()
    patience = Patience(10, 20, clock=clock)
    clock.now = 1.0
    patience.heard()
    assert patience.left() == 9
    clock.now = 10.0
    assert patience.left() == 0
    assert not patience.is_used_up()


def test_without_more_time_words_change_nothing() -> None:
    clock = Clock()
    patience = Patience(10, clock=clock)
    clock.now = 9.9
    patience.heard()
    assert patience.left() == pytest.approx(0.1)
    clock.now = 10.0
    assert patience.is_used_up()


def test_one_that_says_a_word_and_no_more_has_not_used_it_up() -> None:
    clock = Clock()
    patience = Patience(10, clock=clock)
    patience.heard()
    clock.now = 10.0
    assert patience.left() == 0
    assert not patience.is_used_up()
