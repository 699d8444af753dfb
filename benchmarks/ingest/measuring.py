"""The measurements of `make bench-ingest`: throughput, latency, and fairness."""

import secrets
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.ingest.running_system import RunningSystem
from footnote.bootstrap import embedder_of, index_form
from footnote.chunking import chunk_document
from footnote.domain.chunk import contextual_text
from footnote.parsing import ParsingLimits, partition

WAIT_S = 1800
_UNDER_WAY = {"pending", "processing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """What partitioning, chunking and embedding alone took."""

    seconds: float
    processor_s: float
    chunks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What the whole system took from the first upload to the last document ready.

    `processor_s` holds each part's processor time, `peak_mb` the functions' memory.
    """

    seconds: float
    processor_s: Mapping[str, float]
    peak_mb: float


def bare(files: Mapping[str, bytes]) -> Bare:
    """Partition, chunk and embed file by file in this process, with all cores for embedding."""
    embedder = embedder_of(index_form().model)
    embedder.embed(["warm"])
    for name, content in files.items():  # readers are imported at their first use
        partition(content, name, ParsingLimits())
    began, busy, chunks = time.perf_counter(), time.process_time(), 0
    for name, content in files.items():
        document = partition(content, name, ParsingLimits())
        texts = [contextual_text(document.title, chunk) for chunk in chunk_document(document)]
        embedder.embed(texts)
        chunks += len(texts)
    return Bare(
        seconds=time.perf_counter() - began,
        processor_s=time.process_time() - busy,
        chunks=chunks,
    )


def whole(
    system: RunningSystem,
    files: Mapping[str, bytes],
    knowledge_base: str,
    done: Callable[[int], None] = lambda _: None,
) -> Whole:
    """Upload the files one after the other and look now and then, as a person's script would."""
    before, own = system.processor_s(), time.process_time()
    began = time.perf_counter()
    for name, content in files.items():
        system.bucket.put(f"{knowledge_base}/{name}", content, "application/octet-stream")
    peak = _wait(system, knowledge_base, len(files), done)
    seconds = time.perf_counter() - began
    after = system.processor_s()
    parts = {part: after[part] - before.get(part, 0.0) for part in after}
    parts["this client"] = time.process_time() - own
    return Whole(seconds=seconds, processor_s=parts, peak_mb=peak)


def _wait(
    system: RunningSystem, knowledge_base: str, files: int, done: Callable[[int], None]
) -> float:
    """Return when all are ready: the peak memory in MB.

    Looking costs the system time, so it is done once a second, and more often near the end.
    """
    deadline, peak = time.monotonic() + WAIT_S, 0.0
    while time.monotonic() < deadline:
        statuses = system.statuses(knowledge_base)
        finished = sum(status not in _UNDER_WAY for status in statuses.values())
        done(finished)
        peak = max(peak, system.memory_mb())
        if finished == files:
            if wrong := [key for key, status in statuses.items() if status != "ready"]:
                message = f"not ready: {wrong}"
                raise RuntimeError(message)
            return peak
        time.sleep(1.0 if finished < 0.9 * files else 0.1)
    message = "the files did not get ready in time"
    raise RuntimeError(message)


def latencies_ms(system: RunningSystem, times: int) -> tuple[list[float], list[float]]:
    """Milliseconds from put to answerable and from delete to gone, sorted, one file at a time."""
    puts, deletes = [], []
    for _ in range(times):
        word = secrets.token_hex(4)
        key, question = f"quiet/{word}.md", f"How much does the gadget {word} weigh?"
        text = f"# Gadget {word}\n\nThe gadget {word} weighs 30 grams.\n"
        began = time.perf_counter()
        system.bucket.put(key, text.encode(), "text/markdown")
        _until(system, question, partial(contains, word))
        puts.append((time.perf_counter() - began) * 1e3)
        began = time.perf_counter()
        system.s3.delete_object(Bucket=system.bucket.name, Key=key)
        _until(system, question, lambda answer: "gadget" not in answer)
        deletes.append((time.perf_counter() - began) * 1e3)
    return sorted(puts), sorted(deletes)


def flood(system: RunningSystem, files: int) -> None:
    """Upload many small files into another knowledge base, and do not wait for them."""
    for number in range(files):
        text = f"# Note {number}\n\n" + f"Note {number} tells of matter {number}. " * 40
        system.bucket.put(f"noisy/{number}.md", text.encode(), "text/markdown")


def quantile(ordered: list[float], share: float) -> float:
    """The nearest rank."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def contains(word: str, answer: str) -> bool:
    """Whether an answer tells of a word."""
    return word in answer


def _until(system: RunningSystem, question: str, wanted: Callable[[str], bool]) -> None:
    deadline = time.monotonic() + 60
    while not wanted(str(system.ask(question, "quiet")["answer"])):
        if time.monotonic() > deadline:
            message = f"no change of the answer to {question!r} within a minute"
            raise RuntimeError(message)
        time.sleep(0.01)
