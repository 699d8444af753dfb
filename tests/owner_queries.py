"""The lists in docs/security.md of what runs as the owner of the tables, and why."""

import re
from pathlib import Path

IN_THE_API, ELSEWHERE = "in `api` and `stream`", "elsewhere"
_PAGE = Path(__file__).parents[1] / "docs/security.md"
_ROW = re.compile(r"^\| `(\w+)`: ([\w, `]+) \| (.+) \|$")


def listed_owner_queries(*where: str) -> dict[str, str]:
    """The reason of each, by class and method; of both lists where none is named."""
    found: dict[str, str] = {}
    for table in where or (IN_THE_API, ELSEWHERE):
        _, _, rows = _PAGE.read_text().partition(f"| {table} | why |\n|---|---|\n")
        for line in rows.partition("\n\n")[0].splitlines():
            row = _ROW.match(line)
            assert row, line
            made, methods, reason = row.groups()
            found |= {f"{made}.{method}": reason for method in re.findall(r"\w+", methods)}
    return found
