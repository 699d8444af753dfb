"""Which test files take longest: a process that begins one last keeps all others waiting.

A file goes to one process as a whole. Measured by the time that each took in `make test`; a new one
belongs here where it takes more than ten seconds on a quiet machine.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = (
    "tests/integration/test_convergence.py",
    "tests/integration/test_stream_faults.py",
    "tests/integration/test_model_faults.py",
    "tests/integration/http/test_openapi_truth.py",
    "tests/template/test_layers.py",
    "tests/template/test_artifacts.py",
    "tests/e2e/test_footnote_up.py",
    "tests/e2e/test_staleness.py",
    "tests/e2e/test_fine_tuned_life.py",
    "tests/integration/postgres/test_filtered_search.py",
    "tests/integration/parsing/test_hostile_text_files.py",
    "tests/integration/test_bench_search.py",
)


def place(file: str) -> int:
    """Where a file comes: the longest in their order, then all others as they were found."""
    return LONGEST.index(file) if file in LONGEST else len(LONGEST)
