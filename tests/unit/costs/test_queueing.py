"""The queue of several servers, against closed forms and against a queue that is played out."""

import heapq
import random
from math import exp, inf

import pytest

from footnote.costs.queueing import Queue


def test_one_server_is_the_queue_of_textbooks() -> None:
    # M/M/1: the share that waits is the load, and all are done after an exponential time.
    queue = Queue(arrivals=60, seconds=0.01, servers=1)
    assert queue.load == pytest.approx(0.6)
    assert queue.waits == pytest.approx(0.6)
    assert queue.mean_wait == pytest.approx(0.6 * 0.01 / 0.4)
    done = queue.total(0.95)
    assert exp(-(100 - 60) * done) == pytest.approx(0.05, rel=1e-3)


def test_two_servers_by_hand() -> None:
    # M/M/2 at load r waits with 2r^2 / (1 + r).
    queue = Queue(arrivals=100, seconds=0.01, servers=2)
    assert queue.waits == pytest.approx(2 * 0.25 / 1.5)


def test_a_table_of_erlang_c() -> None:
    # 10 servers that are offered the work of 8: 40.9 % wait.
    assert Queue(arrivals=8, seconds=1, servers=10).waits == pytest.approx(0.4092, abs=1e-4)


def test_more_work_than_servers_never_ends() -> None:
    queue = Queue(arrivals=300, seconds=0.01, servers=2)
    assert (queue.waits, queue.mean_wait, queue.wait(0.5), queue.total(0.5)) == (1, inf, inf, inf)


def test_hundreds_of_servers_are_no_trouble_to_the_arithmetic() -> None:
    queue = Queue(arrivals=30_000, seconds=0.01, servers=400)
    assert 0 < queue.waits < 1e-3
    assert queue.wait(0.95) == 0
    # Nobody waits: what is left is the work itself.
    assert queue.total(0.95) == pytest.approx(0.01 * 2.9957, rel=1e-2)


@pytest.mark.parametrize(("arrivals", "servers"), [(150.0, 2), (640.0, 8), (70.0, 1)])
def test_a_queue_that_is_played_out_comes_to_the_same(arrivals: float, servers: int) -> None:
    queue = Queue(arrivals=arrivals, seconds=0.01, servers=servers)
    waits, totals = played(queue, 60_000, seed=7)
    assert sum(wait > 0 for wait in waits) / len(waits) == pytest.approx(queue.waits, abs=0.03)
    assert sum(waits) / len(waits) == pytest.approx(queue.mean_wait, rel=0.2)
    assert sorted(totals)[int(0.95 * len(totals))] == pytest.approx(queue.total(0.95), rel=0.15)


def played(queue: Queue, count: int, *, seed: int) -> tuple[list[float], list[float]]:
    """Arrivals one after the other: how long each waits, and until it is done."""
    source = random.Random(seed)
    free = [0.0] * queue.servers
    now, waits, totals = 0.0, [], []
    for _ in range(count):
        now += source.expovariate(queue.arrivals)
        wait = max(0.0, heapq.heappop(free) - now)
        work = source.expovariate(1 / queue.seconds)
        heapq.heappush(free, now + wait + work)
        waits.append(wait)
        totals.append(wait + work)
    return waits, totals
