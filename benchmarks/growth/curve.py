"""The measured curve in the form that `footnote growth` reads."""

from benchmarks.cost.machine import machine
from benchmarks.growth.results import Results

_HOT = ("chunk_search", "chunk_search_by_term", "chunk_search_by_embedding_1")


def curve_of(results: Results) -> str:
    """Each size; what is searched of a chunk are its row for searching and the two indexes."""
    sizes = results.of("chunks")
    last = list(sizes.values())[-1]
    lines = [
        "# Written by `make bench-growth`; processor time of Postgres, bytes of a chunk.",
        f"measured_on = {last['measured_at'][:10]}",
        f'machine = "{machine()}"',
        f"load = {last['load'][1]}",
        f"command = \"make bench-growth ARGS='--chunks {','.join(map(str, sizes))}'\"",
    ]
    for chunks, one in sizes.items():
        hot = sum(one["indexes_mb"].get(name, 0.0) for name in _HOT)
        lines += [
            "",
            "[[points]]",
            f"chunks = {chunks}",
            f"core_ms = {one['core_ms']}",
            f"hot_bytes = {1e6 * hot / chunks:.0f}",
            f"held_bytes = {1e6 * one['held_mb'] / chunks:.0f}",
        ]
    return "\n".join(lines) + "\n"
