"""The folder that keeps documents, index and logs between runs, and a run's hold on it."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from footnote.domain.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where everything of one local system lives."""

    root: Path

    @property
    def documents(self) -> Path:
        """Holds the bucket's objects."""
        return self.root / "s3"

    @property
    def postgres(self) -> Path:
        """Holds the database cluster."""
        return self.root / "postgres"

    @property
    def logs(self) -> Path:
        """Holds one log file per part."""
        return self.root / "logs"

    @property
    def connection(self) -> Path:
        """Says where the parts are, while they run."""
        return self.root / "connection.json"


class Hold:
    """One run's hold on a workspace; it goes with the process, however that ends.

    Raises:
        SettingsError: another run holds the folder, or it cannot be written.
    """

    def __init__(self, workspace: Workspace, *, url: str) -> None:
        path = workspace.root / "up.lock"
        try:
            workspace.root.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+")
        except OSError as error:
            message = (
                f"cannot write to {workspace.root} ({error.strerror}); "
                "choose another folder with --data-dir"
            )
            raise SettingsError(message) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise SettingsError(_taken(path)) from error
        self._write(json.dumps({"pid": os.getpid(), "url": url}))

    def release(self) -> None:
        """Let the next run have the folder."""
        self._write("")
        self._file.close()

    def _write(self, text: str) -> None:
        self._file.truncate(0)
        self._file.write(text)
        self._file.flush()


def _taken(path: Path) -> str:
    try:
        holder = json.loads(path.read_text())
        who = f"process {holder['pid']}, {holder['url']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "it is just starting or stopping"
    return (
        f"`footnote up` already runs on {path.parent} ({who}). Use that one, stop it with Ctrl-C, "
        "or give this one a folder and ports of its own: --data-dir, --port, --s3-port"
    )
