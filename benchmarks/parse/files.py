"""A folder of given files, with the texts that `expected.jsonl` says stand in them."""

import json
from pathlib import Path

from benchmarks.parse.samples import Sample

_EXPECTED = "expected.jsonl"
_FORMATS = frozenset(
    {".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".tsv", ".html", ".htm", ".md", ".txt", ".eml"}
)


def files_in(folder: Path) -> list[Sample]:
    """All files of the compared formats; `expected.jsonl` is here or in the folder above.

    Its lines hold `file` and `must_contain`, and may hold `kind`: of others than `ok`, such as
    scans and broken files, nothing is expected.
    """
    expected = _expected(folder)
    return [
        Sample(path=path, expected=expected.get(path.name, ()))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.suffix.lower() in _FORMATS
        and path.name in (expected or [path.name])
    ]


def _expected(folder: Path) -> dict[str, tuple[str, ...]]:
    found = [path for path in (folder / _EXPECTED, folder.parent / _EXPECTED) if path.exists()]
    lines = found[0].read_text().splitlines() if found else []
    rows = [json.loads(line) for line in lines if line.strip()]
    return {
        row["file"]: tuple(row["must_contain"]) for row in rows if row.get("kind", "ok") == "ok"
    }
