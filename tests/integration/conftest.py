"""What tests share that do thousands of things to one database."""

import logging
from collections.abc import Iterator

import pytest

from footnote.postgres.connection import Database


@pytest.fixture
def quick_database(database_url: str) -> Iterator[Database]:
    """Without waiting for the disk: here nothing ends but processes that are played."""
    opened = Database(f"{database_url}&options=-csynchronous_commit%3Doff")
    logging.disable()  # a line for each event, of hundreds of thousands
    yield opened
    logging.disable(logging.NOTSET)
    opened.close()
