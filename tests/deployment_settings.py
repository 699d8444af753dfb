"""The settings of a deployment, as an operator has them in the environment."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from footnote.postgres.connection import Database
from tests.new_process import forget_what_was_built


@contextmanager
def settings_of_a_deployment(
    database: Database, postgres_url: str, endpoint: str, **others: str
) -> Iterator[None]:
    """Of this database, on that server; whose model of an endpoint embeds."""
    before = dict(os.environ)
    with database.transaction() as connection:
        (row,) = connection.execute("select current_database() as name").fetchall()
    os.environ |= {
        "FOOTNOTE_QUEUE_URL": "http://127.0.0.1:9/queue",
        "FOOTNOTE_DATABASE_URL": urlunsplit(
            urlsplit(postgres_url)._replace(path=f"/{row['name']}")
        ),
        "FOOTNOTE_EMBEDDER": "hosted",
        "FOOTNOTE_EMBEDDING_BASE_URL": endpoint,
        **others,
    }
    yield
    forget_what_was_built()
    os.environ.clear()
    os.environ.update(before)
