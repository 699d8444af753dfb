"""Handlers run in processes of their own, with Lambda's timeouts, errors and replacements."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.local.function import Environment, Function, InvocationError
from footnote.local.pool import FunctionPool, ThrottledError

pytestmark = pytest.mark.integration

HANDLER = """
import os, sys, time

def handler(event, context):
    print("got", event)
    match event["do"]:
        case "echo": return {"event": event, "pid": os.getpid()}
        case "context": return {
            "id": context.aws_request_id,
            "name": context.function_name,
            "left": context.get_remaining_time_in_millis(),
        }
        case "sleep": time.sleep(event["seconds"]); return os.getpid()
        case "raise": raise ValueError("broken")
        case "crash": os._exit(3)
        case "object": return object()
        case "read": return sys.stdin.read()
        case "tell": return {"statusCode": 200, "body": told(event)}

def told(event):
    for part in event["parts"]:
        time.sleep(event.get("pause", 0))
        if part == "raise": raise ValueError("broken")
        if part == "crash": os._exit(3)
        yield part
"""

type Start = Callable[..., FunctionPool]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    pools = []

    def start_pool(code: str = HANDLER, environments: int = 1, **changes: object) -> FunctionPool:
        (tmp_path / "handler.py").write_text(code)
        function = Function(
            name="tested",
            handler=tmp_path / "handler.py",
            environment={"AWS_LAMBDA_FUNCTION_NAME": "tested", "PYTHONUNBUFFERED": "1"},
            log=tmp_path / "tested.log",
            timeout_s=10,
            least=environments,
            most=environments,
        )
        pool = FunctionPool(replace(function, **changes))  # type: ignore[arg-type]
        pools.append(pool)
        pool.start(environments)
        return pool

    yield start_pool
    for pool in pools:
        pool.stop()


def ends(pid: int) -> bool:
    """Whether the process is gone within two seconds."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_an_environment_is_reused_for_the_next_event(start: Start) -> None:
    pool = start()
    first = pool.invoke({"do": "echo"})
    assert first == pool.invoke({"do": "echo"})
    assert isinstance(first, dict)
    assert first["pid"] != os.getpid()


def test_the_context_carries_what_lambda_passes(start: Start) -> None:
    context = start().invoke({"do": "context"})
    assert isinstance(context, dict)
    assert context["name"] == "tested"
    assert len(context["id"]) == 36
    assert 5_000 < context["left"] <= 10_000


def test_what_a_handler_prints_goes_to_the_log(start: Start, tmp_path: Path) -> None:
    start().invoke({"do": "echo"})
    assert "got {'do': 'echo'}" in (tmp_path / "tested.log").read_text()


def test_a_handler_finds_nothing_on_its_standard_input(start: Start) -> None:
    assert start().invoke({"do": "read"}) == ""


def test_an_exception_is_reported_by_its_type_and_keeps_the_environment(start: Start) -> None:
    pool = start()
    before = pool.invoke({"do": "echo"})
    with pytest.raises(InvocationError, match="ValueError: broken"):
        pool.invoke({"do": "raise"})
    assert pool.invoke({"do": "echo"}) == before


def test_a_result_that_is_no_json_is_reported_and_keeps_the_environment(start: Start) -> None:
    pool = start()
    with pytest.raises(InvocationError, match=r"Runtime\.MarshalError"):
        pool.invoke({"do": "object"})
    assert pool.invoke({"do": "echo"})


def test_a_timeout_is_reported_as_lambda_does_and_replaces_the_environment(start: Start) -> None:
    pool = start(timeout_s=0.5)
    pid = pool.invoke({"do": "sleep", "seconds": 0})
    with pytest.raises(InvocationError, match=r"Task timed out after 0\.50 seconds") as caught:
        pool.invoke({"do": "sleep", "seconds": 30})
    assert caught.value.timed_out
    assert isinstance(pid, int)
    assert ends(pid)
    assert pool.invoke({"do": "sleep", "seconds": 0}) != pid


def test_a_crash_fails_its_event_only(start: Start) -> None:
    pool = start()
    with pytest.raises(InvocationError, match=r"Runtime\.ExitError.*exit status 3"):
        pool.invoke({"do": "crash"})
    assert pool.invoke({"do": "echo"})


def test_a_handler_that_cannot_be_imported_says_so_at_each_event(start: Start) -> None:
    pool = start(code="import missing_module")
    for _ in range(2):
        with pytest.raises(InvocationError, match="ModuleNotFoundError"):
            pool.invoke({})


def test_two_environments_work_side_by_side(start: Start) -> None:
    pool = start(environments=2)
    pids: list[object] = []
    callers = [
        threading.Thread(target=lambda: pids.append(pool.invoke({"do": "sleep", "seconds": 0.5})))
        for _ in range(2)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(set(pids)) == 2


def test_a_caller_gives_up_where_every_environment_stays_busy(start: Start) -> None:
    pool = start()
    pool.invoke({"do": "echo"})
    busy = threading.Thread(target=lambda: pool.invoke({"do": "sleep", "seconds": 1}))
    busy.start()
    time.sleep(0.2)
    with pytest.raises(ThrottledError):
        pool.invoke({"do": "echo"}, wait_s=0.1)
    busy.join()


def test_more_environments_start_while_all_are_busy(start: Start) -> None:
    pool = start(least=1, most=2)
    first = pool.invoke({"do": "sleep", "seconds": 0})
    busy = threading.Thread(target=lambda: pool.invoke({"do": "sleep", "seconds": 2}))
    busy.start()
    time.sleep(0.2)
    assert pool.invoke({"do": "sleep", "seconds": 0}) != first
    busy.join()


def test_a_stopped_pool_leaves_no_process(start: Start) -> None:
    pool = start()
    pid = pool.invoke({"do": "sleep", "seconds": 0})
    pool.stop()
    assert isinstance(pid, int)
    assert ends(pid)


def test_a_process_that_is_gone_is_not_killed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "handler.py").write_text(HANDLER)
    killed, kill = list[int](), os.killpg

    def record_and_kill(group: int, number: int) -> None:
        killed.append(group)
        kill(group, number)

    monkeypatch.setattr(os, "killpg", record_and_kill)
    function = Function(
        name="tested",
        handler=tmp_path / "handler.py",
        environment={},
        log=tmp_path / "tested.log",
        timeout_s=10,
    )
    environment = Environment(function)
    environment.stop()
    environment.stop()  # its pid may be another program's by now
    assert len(killed) == 1


def test_a_body_that_is_still_being_made_comes_part_by_part(start: Start) -> None:
    pool = start()
    began, times = time.monotonic(), list[float]()
    frames: list[object] = []
    for frame in pool.stream({"do": "tell", "parts": ["a", "b"], "pause": 0.4}):
        frames.append(frame)
        times.append(time.monotonic() - began)
    assert frames == [{"head": {"statusCode": 200}}, {"part": "a"}, {"part": "b"}]
    assert times[2] - times[1] > 0.3


def test_a_result_that_is_whole_is_one_frame_of_a_stream(start: Start) -> None:
    (frame,) = start().stream({"do": "echo"})
    assert frame["result"]


@pytest.mark.parametrize(("end", "error"), [("raise", "ValueError"), ("crash", "ExitError")])
def test_a_stream_that_breaks_off_says_so_and_leaves_an_environment(
    start: Start, end: str, error: str
) -> None:
    pool = start()
    with pytest.raises(InvocationError, match=error):
        list(pool.stream({"do": "tell", "parts": ["a", end]}))
    assert pool.invoke({"do": "echo"})


def test_whoever_stops_reading_leaves_the_environment_to_the_next_once_it_is_done(
    start: Start,
) -> None:
    pool = start()
    before = pool.invoke({"do": "sleep", "seconds": 0})
    parts = pool.stream({"do": "tell", "parts": ["a"] * 4, "pause": 0.1})
    next(parts)
    next(parts)
    parts.close()
    assert pool.invoke({"do": "sleep", "seconds": 0}) == before


def test_a_stop_ends_what_is_running_as_an_invocation_that_failed(start: Start) -> None:
    pool = start(environments=2)
    ends: list[Exception] = []

    def run(event: dict[str, object]) -> None:
        try:
            for _ in pool.stream(event):
                pass
        except Exception as error:  # noqa: BLE001 - which kind it is, is asked
            ends.append(error)

    many = {"do": "tell", "parts": ["x"] * 100_000}
    sleeping = {"do": "sleep", "seconds": 9}
    running = [threading.Thread(target=run, args=(event,)) for event in (many, sleeping)]
    for thread in running:
        thread.start()
    time.sleep(1)
    pool.stop()
    for thread in running:
        thread.join(timeout=10)
    assert [type(end) for end in ends] == [InvocationError] * 2


def test_a_pool_that_is_stopped_refuses_at_once(start: Start) -> None:
    pool = start()
    assert pool.invoke({"do": "echo"})
    pool.stop()
    with pytest.raises(ThrottledError):
        pool.invoke({"do": "echo"})
