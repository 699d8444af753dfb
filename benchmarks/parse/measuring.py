"""One reader on one file: its median time, and how much of what must be found it finds."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import cast

from benchmarks.parse.peers import ReaderProcess
from benchmarks.parse.samples import Sample

# Signs and spaces are a matter of form: one reader writes tables with pipes, another with tabs.
_FORM = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """`seconds` is the median of the runs; nothing where the reader fails, and `error` says why."""

    reader: str
    path: Path
    seconds: float | None
    found: int
    expected: int
    error: str = ""

    @property
    def format(self) -> str:
        """The ending of the file's name."""
        return self.path.suffix.lower().lstrip(".")


def measured(process: ReaderProcess, reader: str, sample: Sample, runs: int) -> Measurement:
    """The reader's modules are loaded by a first reading of the same file, which does not count."""
    reply = process.read(sample.path, runs + 1)
    seconds = cast("list[float]", reply.get("seconds", []))[1:]
    text = _plain(str(reply.get("text", "")))
    return Measurement(
        reader=reader,
        path=sample.path,
        seconds=median(seconds) if seconds else None,
        found=sum(_plain(expected) in text for expected in sample.expected),
        expected=len(sample.expected),
        error=str(reply.get("error", "")),
    )


def _plain(text: str) -> str:
    return _FORM.sub("", unicodedata.normalize("NFKC", text).casefold())
