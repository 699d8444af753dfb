"""Searches of knowledge bases of several sizes, and of many clients at once."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from statistics import median

import psutil

from benchmarks.growth.results import Figures
from benchmarks.search.arms import Footnote
from benchmarks.search.filling import Done, connected, fill, sizes_mb
from benchmarks.search.pool import Pool
from benchmarks.search.questions import AskedQuestion
from benchmarks.search.server import running_postgres

_WARM = 10
_SIZES = """
select sum(pg_total_relation_size(oid)) filter (
           where relname in ('chunk', 'chunk_search', 'indexed_document', 'term_frequency')
       )::float8 as held,
       pg_database_size(current_database())::float8 as everything
from pg_class where relkind = 'r'
"""


def of_size(
    chunks: int, folder: Path, text: Pool, questions: Sequence[AskedQuestion], done: Done
) -> Figures:
    """Times of one client, one after the other; `core_ms` is the server's processor time."""
    server = folder / str(chunks)
    with running_postgres(server) as url:
        fill(url, chunks, len(text.paragraphs), folder / "text", done)
        with closing(Footnote(url)) as arm:
            for question in questions[:_WARM]:
                arm.search(question, {})
            before = _server_s(server)
            times = sorted(arm.search(question, {}).ms for question in questions)
            spent = _server_s(server) - before
        with connected(url) as connection:
            (sizes,) = connection.execute(_SIZES).fetchall()
        return {
            "p50_ms": round(median(times), 1),
            "p95_ms": round(_quantile(times, 0.95), 1),
            "core_ms": round(1e3 * spent / len(questions), 1),
            "searches": len(questions),
            "held_mb": round(float(str(sizes["held"])) / 1e6, 1),
            "database_mb": round(float(str(sizes["everything"])) / 1e6, 1),
            "indexes_mb": sizes_mb(url),
        }


def of_clients(
    clients: Sequence[int],
    chunks: int,
    folder: Path,
    questions: Sequence[AskedQuestion],
    seconds: float,
) -> Figures:
    """So many clients at once, each with a connection of its own, for so many seconds."""
    found = {}
    with running_postgres(folder / str(chunks)) as url:
        for count in clients:
            arms = [Footnote(url) for _ in range(count)]
            times = sorted(_together(arms, questions, seconds))
            for arm in arms:
                arm.close()
            found[str(count)] = {
                "a_second": round(len(times) / seconds, 1),
                "p50_ms": round(median(times), 1),
                "p95_ms": round(_quantile(times, 0.95), 1),
            }
    return {"chunks": chunks, "seconds": seconds, "clients": found}


def _together(
    arms: Sequence[Footnote], questions: Sequence[AskedQuestion], seconds: float
) -> list[float]:
    ready = threading.Barrier(len(arms))

    def ask(number: int) -> list[float]:
        arms[number].search(questions[number % len(questions)], {})  # connects and prepares
        ready.wait()
        deadline = time.perf_counter() + seconds
        times, at = [], number
        while time.perf_counter() < deadline:
            times.append(arms[number].search(questions[at % len(questions)], {}).ms)
            at += 1
        return times

    with ThreadPoolExecutor(len(arms)) as threads:
        return [ms for times in threads.map(ask, range(len(arms))) for ms in times]


def _server_s(folder: Path) -> float:
    """Processor time of a server and of the connections that it has or had."""
    (pid_file,) = folder.rglob("postmaster.pid")
    main = psutil.Process(int(pid_file.read_text().split()[0]))
    return sum(sum(one.cpu_times()[:2]) for one in (main, *main.children())) + sum(
        main.cpu_times()[2:4]
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest rank."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
