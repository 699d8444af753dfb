"""An older revision of this repository, with its own packages, beside this one."""

import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
MIGRATIONS = "shared/footnote/postgres/migrations"


class NoHistoryError(Exception):
    """The clone has no older revision; the message says what to do."""


@dataclass(frozen=True, slots=True)
class OldCode:
    """A folder with an older revision, ready to run."""

    folder: Path
    revision: str
    migrations: tuple[str, ...]

    @property
    def footnote(self) -> str:
        """Its command."""
        return str(self.folder / ".venv/bin/footnote")


def migrations_in(folder: Path) -> tuple[str, ...]:
    """The names of the migrations of a checkout."""
    return tuple(sorted(path.name for path in (folder / MIGRATIONS).glob("*.sql")))


def revision_before(number: str | None) -> str:
    """The commit before a migration was added: the newest one, unless another is named.

    Before one that is being written is the current commit.

    Raises:
        NoHistoryError: there is none in this clone, or no such migration.
    """
    names = [name for name in migrations_in(ROOT) if number is None or name.startswith(number)]
    if not names:
        message = f"there is no migration {number}"
        raise NoHistoryError(message)
    name = f"{MIGRATIONS}/{names[-1]}"
    if not _git("ls-files", "--", name).strip():
        return _git("rev-parse", "HEAD").decode().strip()
    added = _git("log", "--diff-filter=A", "--format=%H", "-1", "--", name).decode().strip()
    if not added or not _is_there(f"{added}^"):
        message = f"this clone does not go back to before {name}: run `git fetch --unshallow`"
        raise NoHistoryError(message)
    return _git("rev-parse", f"{added}^").decode().strip()


@contextmanager
def old_code(revision: str, uv: str) -> Iterator[OldCode]:
    """Unpack a revision and install what it needs; both are gone afterwards.

    Raises:
        NoHistoryError: this clone does not have it.
    """
    if not _is_there(revision):
        message = f"there is no revision {revision} in this clone: run `git fetch --unshallow`"
        raise NoHistoryError(message)
    with TemporaryDirectory(prefix="footnote-old-") as name:
        folder = Path(name)
        with tarfile.open(fileobj=BytesIO(_git("archive", revision))) as packed:
            packed.extractall(folder, filter="data")
        environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
        subprocess.run(  # noqa: S603 our own command
            [uv, "sync", "--quiet", "--frozen", "--all-extras"],
            cwd=folder,
            env=environment,
            check=True,
        )
        yield OldCode(folder, revision, migrations_in(folder))


def _is_there(revision: str) -> bool:
    return _run("rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}").returncode == 0


def _git(*arguments: str) -> bytes:
    done = _run(*arguments)
    if done.returncode:
        raise NoHistoryError(done.stderr.decode().strip())
    return done.stdout


def _run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 our own command
        ["git", "-C", str(ROOT), *arguments],  # noqa: S607 whichever git is there
        capture_output=True,
        check=False,
    )
