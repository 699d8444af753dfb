"""Runs hostile files through one worker of the sandbox, and looks at what they left behind."""

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from footnote.domain.errors import FailedDocumentError, SkippedDocumentError
from footnote.parsing import SandboxedParser
from tests.hostile.case import STOLEN, HostileFile

_LONGEST_S = 60.0
# Where the names in archives, messages and PDFs point to.
_ESCAPES = ("/tmp/footnote-escaped", "/footnote-escaped", "footnote-escaped")  # noqa: S108
_NORMAL = "The next file is a normal one."


@dataclass
class Trial:
    """One worker, whose temporary folder is `folder`."""

    parser: SandboxedParser
    folder: Path
    _worker: int = field(init=False)

    def __post_init__(self) -> None:
        before = _children()
        self.parser.partition(b"Body.", "a.md")
        (self._worker,) = _children() - before

    def outcome(self, file: HostileFile) -> tuple[str, str, float]:
        """Its status, its text or the reason why it has none, and the seconds that it took."""
        content = file.build()
        start = time.monotonic()
        try:
            document = self.parser.partition(content, file.filename)
        except SkippedDocumentError as error:
            return "skipped", str(error), time.monotonic() - start
        except FailedDocumentError as error:
            return "failed", str(error), time.monotonic() - start
        text = "\n".join(element.text for element in document.elements)
        return "ready", text, time.monotonic() - start

    def check(self, file: HostileFile) -> None:
        """It ends as it must, leaves nothing, and the same worker reads the next file."""
        status, text, seconds = self.outcome(file)
        assert status in file.ends.split("|"), text[:300]
        assert seconds < _LONGEST_S
        if status == "ready":
            assert file.holds in text
            assert STOLEN not in text
        else:
            assert re.search(file.reason, text), text
        assert self._left_behind() == []
        assert _sockets_of(self._worker) == []
        (element,) = self.parser.partition(_NORMAL.encode(), "a.txt").elements
        assert element.text == _NORMAL
        assert self._worker in _children()

    def _left_behind(self) -> list[str]:
        escaped = [path for path in _ESCAPES if Path(path).exists()]
        return escaped + [path.name for path in self.folder.iterdir()]


def _children() -> set[int]:
    own = os.getpid()
    listed = Path(f"/proc/{own}/task/{own}/children").read_text()
    return {int(child) for child in listed.split()}


def _sockets_of(pid: int) -> list[str]:
    links = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    return [link for link in links if link.startswith("socket:")]
