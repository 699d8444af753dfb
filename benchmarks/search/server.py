"""A Postgres of the bench's own, with the memory that one for so many chunks is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from footnote.local.database import start_postgres
from footnote.local.workspace import Workspace


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """The connection URL of a server whose database stays in `folder`."""
    workspace = Workspace(root=folder)
    workspace.logs.mkdir(parents=True, exist_ok=True)
    settled = folder / "settled"
    postgres = start_postgres(workspace)
    if not settled.exists():
        _settle(postgres.url)
        postgres.program.stop()
        settled.touch()
        postgres = start_postgres(workspace)
    try:
        yield postgres.url
    finally:
        postgres.program.stop()


def _settle(url: str) -> None:
    """A quarter of the memory is what managed services give; a bench's rows can be made again."""
    quarter = psutil.virtual_memory().total // 4
    settings = {
        "shared_buffers": f"{quarter // 2**20}MB",
        "max_wal_size": "8GB",
        "fsync": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
    }
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in settings.items():
            statement = sql.SQL("alter system set {} = {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Literal(value)))
