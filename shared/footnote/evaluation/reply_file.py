"""What a model wrote when questions were generated, kept so that nothing is paid for twice."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from pydantic import TypeAdapter

from footnote.domain.answer import Usage
from footnote.evaluation.kept_lines import KeptLines


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReply:
    """What a model wrote about one chunk; no text where it could not be used."""

    asked: str
    text: str | None
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """Who writes about what; replies of different ones are in different files.

    `prompt` is a hash of the instructions.
    """

    knowledge_base: str
    model: str
    seed: int
    prompt: str

    @property
    def file_name(self) -> str:
        """Where its replies are, in the folder of the set."""
        digest = hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()
        return f"generated-{digest[:12]}.replies"


class ReplyFile:
    """Replies as lines, beside the versions of the set."""

    def __init__(self, folder: Path, generation: Generation) -> None:
        """The folder need not be there yet; nothing is written."""
        self._path = folder / generation.file_name
        self._generation = generation
        self._writing = Lock()
        self._lines = KeptLines(
            self._path,
            TypeAdapter(Generation),
            TypeAdapter(KeptReply),
            "replies of `footnote eval set generate`",
        )

    def known(self) -> dict[str, KeptReply]:
        """Those that are there already, by what was asked.

        Raises:
            UnprocessableError: the file holds something else; names the line.
        """
        if not self._lines.begun:
            return {}
        return {reply.asked: reply for reply in self._lines.open(self._generation)}

    def add(self, reply: KeptReply) -> None:
        """Keep one more; several threads may."""
        with self._writing:
            if not self._lines.begun:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._lines.open(self._generation)
            self._lines.add(reply)
