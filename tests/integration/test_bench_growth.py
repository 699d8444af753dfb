"""`make bench-growth` in small, on a database and a running system of its own."""

from pathlib import Path

import pytest
from benchmarks.growth.backlog import backlog
from benchmarks.growth.searching import of_clients, of_size
from benchmarks.search.pool import read_pool
from benchmarks.search.questions import questions

pytestmark = [pytest.mark.integration, pytest.mark.storm]


def test_a_size_and_clients_at_once_are_measured(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)  # the database may run as another account
    text = read_pool(120, tmp_path / "text")
    asked = questions(text, 12)
    found = of_size(300, tmp_path, text, asked, lambda *_: None)
    assert 0 < found["p50_ms"] <= found["p95_ms"]
    assert found["core_ms"] > 0
    assert found["held_mb"] > found["indexes_mb"]["chunk_search"]
    clients = of_clients((1, 3), 300, tmp_path, asked, 1.0)["clients"]
    assert all(one["a_second"] > 0 for one in clients.values())


def test_a_backlog_arrives_whole_and_is_found() -> None:
    told: list[int] = []
    found = backlog(60, lambda ready, _: told.append(ready))
    assert (found["lost"], found["without_chunks"], found["dead_letters"]) == (0, 0, 0)
    assert found["found"] == found["asked"]
    assert told[-1] == 80
    assert all(sample["ingest_mb"] > 0 for sample in found["samples"])
