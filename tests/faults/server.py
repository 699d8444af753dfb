"""A Postgres server of one's own, to kill."""

import random
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from footnote.local.database import EmbeddedPostgres, start_postgres
from footnote.local.workspace import Workspace


class Server:
    """Starts in an empty folder; after a kill it recovers what was committed."""

    def __init__(self, folder: Path) -> None:
        self._workspace = Workspace(root=folder)
        self._workspace.logs.mkdir()
        self._running: EmbeddedPostgres = start_postgres(self._workspace)

    @property
    def url(self) -> str:
        """The same after each start."""
        return self._running.url

    def kill(self) -> None:
        """As when its machine loses power: no process of it gets another instruction."""
        main = self._main()
        for process in (main, *main.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._running.program.stop()

    def start(self) -> None:
        """Recover."""
        self._running = start_postgres(self._workspace)

    def kill_backend(self, moments: random.Random) -> None:
        """End the process of one connection; the server then ends all others and recovers."""
        main = self._main()
        backends = [child for child in main.children() if "[local]" in " ".join(child.cmdline())]
        if backends:
            with suppress(psutil.NoSuchProcess):
                moments.choice(backends).send_signal(signal.SIGKILL)

    def stop(self) -> None:
        """For good."""
        self._running.program.stop()

    def _main(self) -> psutil.Process:
        (found,) = self._workspace.postgres.rglob("postmaster.pid")
        return psutil.Process(int(found.read_text().split()[0]))
