"""PgBouncer before a Postgres, in transaction mode: each transaction may meet another session."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_START_S = 60


@contextmanager
def pooled(url: str, folder: Path, *, sessions: int) -> Iterator[str]:
    """The URL of a pooler that serves any number of clients by so many sessions of the server."""
    assert PGBOUNCER is not None, "make pooler installs it"
    parts = urlsplit(url)
    server = parse_qs(parts.query)["host"][0]
    port = _free_port()
    database = parts.path.removeprefix("/")
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n{database} = host={server} user={parts.username}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {sessions}\nmax_client_conn = 500\n"
        # What Footnote tells Aurora to end idle sessions by; sessions are the pooler's own here.
        "ignore_startup_parameters = options\nunix_socket_dir =\n"
    )
    folder.chmod(0o755)
    settings.chmod(0o644)
    # It runs as no root: as whoever may reach the server's socket.
    owner = pwd.getpwuid(Path(server).stat().st_uid).pw_name
    user = ["-u", owner] if os.getuid() == 0 else []
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 our own
            [PGBOUNCER, *user, str(settings)], stdout=log, stderr=log
        )
    address = f"postgresql://{parts.username}@127.0.0.1:{port}/{database}"
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(address: str) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            psycopg.connect(address, connect_timeout=10).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
