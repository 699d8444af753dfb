"""A lost database, restored from a backup and brought in line with the bucket."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from footnote.aws.objects import S3Objects
from footnote.aws.session import s3_client
from footnote.client import ApiClient
from footnote.local.database import start_postgres
from footnote.local.functions import BUCKET, use_local_credentials
from footnote.local.workspace import Workspace
from tests.drills.traffic import KB, fill
from tests.running_system import System, eventually, folder_for_a_system

_REPAIRED_WITHIN_S = 120.0
# Roles are the server's and not the database's, so that no dump has it.
_ROLE = "create role footnote_reader nologin"


class NoToolsError(Exception):
    """This Postgres comes without pg_dump or pg_restore."""


@dataclass
class Restored:
    """How long each step took, in seconds, and what was found at the end."""

    seconds: dict[str, float] = field(default_factory=dict)
    dump_bytes: int = 0
    found: dict[str, bool] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether everything is as the bucket says."""
        return bool(self.found) and all(self.found.values())

    def timed(self, step: str, do: Callable[[], object]) -> None:
        """Do a step, and note how long it took."""
        begun = time.monotonic()
        do()
        self.seconds[step] = time.monotonic() - begun


def restore(documents: int) -> Restored:
    """Back up, go on, lose the database, restore it, and see what the bucket and it agree on."""
    use_local_credentials()
    with folder_for_a_system("restore") as folder:
        system, result = System(folder), Restored()
        dump = folder.parent / "footnote.dump"
        system.start()
        try:
            fill(system.bucket, system.api, documents)
            told = json.loads(Workspace(folder).connection.read_text())
            result.timed("backup", lambda: dump_to(dump, told["FOOTNOTE_DATABASE_URL"]))
            _go_on(system)
        finally:
            system.stop()
        result.dump_bytes = dump.stat().st_size
        shutil.rmtree(Workspace(folder).postgres)
        result.timed("restore", lambda: _restore(folder, dump))
        result.timed("start", system.start)
        try:
            result.timed("reconciliation", lambda: _settled(system.api))
            result.found = _compare(system.api)
        finally:
            system.stop()
    return result


def _go_on(system: System) -> None:
    """What happens between the backup and the loss: a document comes, one changes, one goes."""
    system.bucket.put(f"{KB}/new.md", b"# New\n\nThe heron nests here.\n", "text/markdown")
    system.bucket.put(f"{KB}/0.md", b"# Backups\n\nThe falcon was added.\n", "text/markdown")
    endpoint = f"http://127.0.0.1:{system.s3_port}"
    S3Objects(lambda: s3_client(endpoint), BUCKET).delete(f"{KB}/1.md")
    _settled(system.api)


def _settled(api: ApiClient) -> None:
    """Wait until all three are seen."""
    eventually(lambda: all(_compare(api).values()), bool, _REPAIRED_WITHIN_S)


def _compare(api: ApiClient) -> dict[str, bool]:
    keys = {one["key"] for one in api.documents(KB)}
    return {
        "a document that came after the backup is found": _finds(api, "heron"),
        "one that changed after it is found as it is now": _finds(api, "falcon"),
        "one that was deleted after it is gone": f"{KB}/1.md" not in keys,
        "one that stayed is found as it was": _finds(api, "region 2"),
    }


def _finds(api: ApiClient, words: str) -> bool:
    return any(words in one["text"] for one in api.search(f"{words} backups", KB, 50)["passages"])


def tools_of(url: str) -> Path:
    """Where the tools of a server that runs here are.

    Raises:
        NoToolsError: it has none.
    """
    with psycopg.connect(url) as connection:
        (folder,) = connection.execute("show data_directory").fetchall()[0]
    pid = int((Path(folder) / "postmaster.pid").read_text().split()[0])
    tools = Path(psutil.Process(pid).exe()).parent
    for name in ("pg_dump", "pg_restore"):
        if not (tools / name).exists():
            message = f"there is no {name} in {tools}"
            raise NoToolsError(message)
    return tools


def dump_to(dump: Path, url: str) -> None:
    """Back up a database."""
    _run(tools_of(url) / "pg_dump", "--format=custom", f"--file={dump}", url)


def restore_from(dump: Path, url: str) -> None:
    """Fill an empty database from a backup."""
    _run(tools_of(url) / "pg_restore", "--exit-on-error", f"--dbname={url}", str(dump))


def _restore(folder: Path, dump: Path) -> None:
    """Into a server that has never seen Footnote, as a new cluster is."""
    postgres = start_postgres(Workspace(folder))
    try:
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute(_ROLE)
        restore_from(dump, postgres.url)
    finally:
        postgres.program.stop()


def _run(program: Path, *arguments: str) -> None:
    subprocess.run([str(program), *arguments], check=True)  # noqa: S603 the server's own tools
