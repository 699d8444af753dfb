"""Documents that somebody writes for long: an event of theirs does not wait until that is done.

Who publishes a large document holds its row for a minute or two, and an import holds those of all
that it adds as long as it takes. Two invocations take in what everybody uploads: if they waited,
nobody's uploads would be noted, and the time of both would be up.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import LockNotAvailable

from footnote.domain.errors import DocumentHeldError
from footnote.postgres.connection import Connection
from footnote.postgres.queries import load_queries

# Long above what any other work holds a document for; a batch may meet ten that are held.
WAITS_S = 1.0


@contextmanager
def waiting_briefly(connection: Connection, seconds: float) -> Iterator[None]:
    """The rest of a transaction, which waits so long for a lock at most.

    Raises:
        DocumentHeldError: somebody held it for longer.
    """
    statement = load_queries("documents.sql")["wait_briefly"]
    connection.execute(statement, {"milliseconds": str(round(seconds * 1000))})
    try:
        yield
    except LockNotAvailable as error:
        message = "somebody is writing this document; it is looked at again later"
        raise DocumentHeldError(message) from error
