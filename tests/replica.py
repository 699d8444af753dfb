"""A hot standby of a Postgres: a copy that is only read, and may be behind."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import psutil
import psycopg

from footnote.local.lifeline import Program, RunningProgram

_START_S = 120


class Replica:
    """A running standby."""

    def __init__(self, program: RunningProgram, host: str) -> None:
        self.host = host
        self._program = program

    def url_of(self, primary: str) -> str:
        """The same database, at the standby."""
        return urlunsplit(urlsplit(primary)._replace(query=f"host={quote(self.host)}"))

    def fall_behind(self, primary: str) -> None:
        """What is committed from now on is not seen here."""
        self._execute(primary, "select pg_wal_replay_pause()")

    def catch_up(self, primary: str) -> None:
        """See everything that is committed by now."""
        self._execute(primary, "select pg_wal_replay_resume()")
        with psycopg.connect(primary) as connection:
            (wanted,) = connection.execute("select pg_current_wal_flush_lsn()").fetchall()[0]
        deadline = time.monotonic() + _START_S
        seen = "select pg_last_wal_replay_lsn() >= %s::pg_lsn"
        with psycopg.connect(self.url_of(primary), autocommit=True) as connection:
            while connection.execute(seen, [wanted]).fetchall() != [(True,)]:
                assert time.monotonic() < deadline, "the standby does not catch up"
                time.sleep(0.02)

    def stop(self) -> None:
        """It is gone."""
        self._program.stop()

    def _execute(self, primary: str, statement: str) -> None:
        with psycopg.connect(self.url_of(primary), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def replica_of(primary: str, folder: Path) -> Iterator[Replica]:
    """A standby in `folder` that follows until the end; it is as current as when it was made."""
    parts = urlsplit(primary)
    sockets = parse_qs(parts.query)["host"][0]
    programs = _programs_of(primary)
    owner = Path(sockets).stat()
    copy = folder / "copy"
    copy.mkdir(mode=0o700)
    folder.chmod(0o755)
    subprocess.run(  # noqa: S603 our own
        [
            str(programs / "pg_basebackup"),
            *("-h", sockets, "-U", str(parts.username), "-D", str(copy)),
            *("-R", "-X", "stream", "-c", "fast", "--no-sync"),
        ],
        check=True,
        capture_output=True,
    )
    for lock in copy.glob(".s.PGSQL.*"):  # the primary's own, where its sockets are in its folder
        lock.unlink()
    for path in (copy, *copy.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    program = RunningProgram(
        Program(
            name="standby",
            command=[
                str(programs / "postgres"),
                *("-D", str(copy), "-h", "", "-k", str(copy)),
                *("-c", "fsync=off"),
                # Reads are never cut off because of what the primary cleans up.
                *("-c", "max_standby_streaming_delay=-1"),
            ],
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            log=folder / "standby.log",
            user=_account(owner.st_uid),
        )
    )
    replica = Replica(program, str(copy))
    try:
        _wait(replica.url_of(primary), folder / "standby.log")
        yield replica
    finally:
        replica.stop()


def _programs_of(primary: str) -> Path:
    """Where the running server was started from: the standby has to be of the same version."""
    with psycopg.connect(primary) as connection:
        (folder,) = connection.execute("show data_directory").fetchall()[0]
    pid = int((Path(folder) / "postmaster.pid").read_text().split()[0])
    return Path(psutil.Process(pid).exe()).parent


def _account(uid: int) -> str | None:
    import pwd

    return pwd.getpwuid(uid).pw_name if os.getuid() == 0 else None


def _wait(url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            psycopg.connect(url, connect_timeout=10).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        else:
            return
