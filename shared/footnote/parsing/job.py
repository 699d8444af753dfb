"""What the sandbox asks of its worker: one document, with the limits for parsing it."""

import json
from dataclasses import dataclass

from footnote.parsing import frames
from footnote.parsing.limits import ParsingLimits


def took_too_long(timeout_s: float) -> str:
    """What is said of a file whose reading did not end in time."""
    return f"parsing took longer than {timeout_s:g} s; split the file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Seconds are wall clock; memory is what may come on top of the idle worker's."""

    content: bytes
    filename: str
    timeout_s: float
    memory_mb: int
    limits: ParsingLimits

    def sent(self, fd: int) -> None:
        """Writes the job as two messages: what is asked, and the file."""
        limits = {name: getattr(self.limits, name) for name in ParsingLimits.__slots__}
        asked = {
            "filename": self.filename,
            "timeout_s": self.timeout_s,
            "memory_mb": self.memory_mb,
            "limits": limits,
        }
        frames.send(fd, json.dumps(asked).encode())
        frames.send(fd, self.content)

    @staticmethod
    def received(fd: int) -> "Job":
        """Waits for the next job."""
        asked = json.loads(frames.receive(fd))
        limits = ParsingLimits(**asked.pop("limits"))
        return Job(content=frames.receive(fd), limits=limits, **asked)
