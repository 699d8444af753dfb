"""The page that says which formats are supported names those that are."""

import re
from pathlib import Path

import pytest

from footnote.domain.errors import SkippedDocumentError
from footnote.parsing import ParsingLimits, partition

PAGE = Path(__file__).parents[3] / "docs" / "formats.md"


def _documented() -> list[str]:
    rows = [line.split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return [ending for row in rows[1:] for ending in re.findall(r"`(\w+)`", row[1])]


def test_the_table_has_the_endings_that_have_a_reader_and_no_others() -> None:
    with pytest.raises(SkippedDocumentError) as skipped:
        partition(b"x", "a.unknown", ParsingLimits())
    registered = str(skipped.value).rpartition("supported are ")[2].split(", ")
    assert sorted(_documented()) == sorted(registered)
