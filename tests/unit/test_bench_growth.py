"""`make bench-growth` goes on where it was, and what it writes is what `footnote growth` reads."""

from pathlib import Path
from typing import Any

import pytest
from benchmarks.growth.curve import curve_of
from benchmarks.growth.plots import write_plots
from benchmarks.growth.results import Results

from footnote.costs.curve import read_curve

SIZE = {
    "p50_ms": 10.0,
    "p95_ms": 20.0,
    "core_ms": 8.0,
    "held_mb": 60.0,
    "indexes_mb": {"chunk_search": 30.0, "chunk_search_by_term": 4.0, "bench_embedding": 99.0},
}


def measured(folder: Path) -> Results:
    results = Results(folder / "growth.json")
    for chunks in (100_000, 10_000):
        results.stage(f"chunks {chunks}", lambda: SIZE | {"core_ms": 9.0})
    clients = {str(n): {"a_second": 10.0 * n, "p50_ms": 5.0, "p95_ms": 9.0} for n in (1, 2)}
    results.stage("clients 0", lambda: {"chunks": 10_000, "clients": clients})
    samples = [
        {"s": 10.0 * n, "ready": 5.0 * n, "ingest_mb": 300.0, "parser_mb": 100.0} for n in (1, 2)
    ]
    results.stage("backlog 10", lambda: {"events": 10, "samples": samples})
    return results


def test_a_stage_is_measured_once_and_known_to_the_next_run(tmp_path: Path) -> None:
    measured(tmp_path)
    again = Results(tmp_path / "growth.json")

    def never() -> dict[str, Any]:
        pytest.fail("it was measured before")

    kept = again.stage("chunks 10000", never)
    assert kept["core_ms"] == 9.0
    assert kept["measured_at"].startswith("20")
    assert len(kept["load"]) == 2
    # By size, whatever came first.
    assert list(again.of("chunks")) == [10_000, 100_000]


def test_what_breaks_off_is_kept_up_to_there(tmp_path: Path) -> None:
    results = measured(tmp_path)

    def breaks() -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        results.stage("chunks 300000", breaks)
    assert list(Results(tmp_path / "growth.json").of("chunks")) == [10_000, 100_000]


def test_the_curve_that_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "growth.toml"
    path.write_text(curve_of(measured(tmp_path)))
    curve = read_curve(path)
    assert [point.chunks for point in curve.points] == [10_000, 100_000]
    # 34 MB are walked through of 60, in 10,000 chunks; a peer's index is not ours.
    assert (curve.points[0].hot_bytes, curve.points[0].held_bytes) == (3400, 6000)


def test_each_kind_of_stage_has_its_picture(tmp_path: Path) -> None:
    write_plots(measured(tmp_path), tmp_path)
    pictures = sorted(path.name for path in tmp_path.glob("*.svg"))
    assert pictures == ["growth-backlog.svg", "growth-chunks.svg", "growth-clients.svg"]
    for name in pictures:
        drawn = (tmp_path / name).read_text()
        assert drawn.startswith("<svg")
        assert "prefers-color-scheme: dark" in drawn
        assert "var(--series-1)" in drawn
