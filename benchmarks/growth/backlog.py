"""A backlog of events through the real consumer: how fast, how much memory, and if all come."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from benchmarks.growth.results import Figures
from benchmarks.ingest.running_system import RunningSystem
from footnote.aws.queue import sqs_client

_KB = "backlog"
_UPLOADERS = 4
_SAMPLE_S = 10.0
_LONGEST_S = 6 * 3600
_FOUND = 50
_STATES = """
select (select count(*) from document where kb = 'backlog') as documents,
       (select count(*) from document where kb = 'backlog' and status = 'ready') as ready,
       (select count(*) from chunk where kb = 'backlog') as chunks,
       (select count(distinct document_id) from chunk where kb = 'backlog') as with_chunks
"""


def backlog(events: int, told: Callable[[int, int], None]) -> Figures:
    """Upload so many small files as fast as they go, and wait until the consumer is through."""
    with RunningSystem() as system:
        _upload(system, range(-20, 0))
        began = time.monotonic()
        uploader = ThreadPoolExecutor(1)
        uploading = uploader.submit(_upload, system, range(events))
        samples: list[dict[str, float]] = []
        uploaded_s = 0.0
        while not samples or samples[-1]["ready"] < events + 20:
            time.sleep(_SAMPLE_S)
            seconds = time.monotonic() - began
            if seconds > _LONGEST_S:
                break
            if uploading.done() and not uploaded_s:
                uploaded_s = uploading.result() - began
            samples.append({"s": round(seconds, 1), **_sample(system)})
            told(int(samples[-1]["ready"]), events)
        uploader.shutdown()
        state = _state(system)
        return {
            "events": events,
            "uploaded_s": round(uploaded_s, 1),
            "done_s": samples[-1]["s"],
            "a_second": round(events / samples[-1]["s"], 1),
            "lost": events + 20 - int(state["ready"]),
            "without_chunks": int(state["ready"]) - int(state["with_chunks"]),
            "dead_letters": _dead_letters(system),
            "found": _found(system, events),
            "asked": _FOUND,
            "samples": samples,
        }


def _upload(system: RunningSystem, numbers: range) -> float:
    with ThreadPoolExecutor(_UPLOADERS) as threads:
        list(threads.map(lambda number: _put(system, number), numbers))
    return time.monotonic()


def _put(system: RunningSystem, number: int) -> None:
    text = f"# Part {_name(number)}\n\nThe part {_name(number)} weighs {number % 97 + 3} grams.\n"
    system.bucket.put(f"{_KB}/{_name(number)}.md", text.encode(), "text/markdown")


def _name(number: int) -> str:
    return f"zq{number + 1000:07d}x"


def _sample(system: RunningSystem) -> dict[str, float]:
    state = _state(system)
    parts = system.memory_of_parts_mb()
    return {
        "documents": float(state["documents"]),
        "ready": float(state["ready"]),
        **{f"{part}_mb": round(parts.get(part, 0.0)) for part in ("intake", "ingest", "parser")},
    }


def _state(system: RunningSystem) -> dict[str, Any]:
    with psycopg.connect(system.database_url, row_factory=psycopg.rows.dict_row) as connection:
        return dict(connection.execute(_STATES).fetchall()[0])


def _dead_letters(system: RunningSystem) -> int:
    told = json.loads(system.workspace.connection.read_text())
    client = sqs_client(told["FOOTNOTE_AWS_ENDPOINT_URL"])
    reply = client.get_queue_attributes(
        QueueUrl=told["FOOTNOTE_DEAD_LETTER_QUEUE_URL"],
        AttributeNames=["ApproximateNumberOfMessages"],
    )
    return int(reply["Attributes"]["ApproximateNumberOfMessages"])


def _found(system: RunningSystem, events: int) -> int:
    """How many of some that are spread over all are the first passage of their own question."""
    step = max(1, events // _FOUND)
    names = [_name(number) for number in range(0, events, step)][:_FOUND]
    found = 0
    for name in names:
        reply = system.api.search(f"How much does the part {name} weigh?", _KB, 1)
        found += bool(reply["passages"]) and name in reply["passages"][0]["key"]
    return found
