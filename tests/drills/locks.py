"""Who waits for a lock, and for how long at most."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import psycopg

_EVERY_S = 0.02
# The wait itself, from when the server saw it; not those who wait to be the one that migrates.
_WAITING = """
select extract(epoch from clock_timestamp() - l.waitstart)::float8, left(a.query, 200)
from pg_locks l
join pg_stat_activity a using (pid)
where not l.granted and l.waitstart is not null and l.locktype <> 'advisory'
  and a.datname = current_database()
order by l.waitstart
limit 1
"""


@dataclass
class LockWatch:
    """Looks at the locks of a database fifty times a second, while it is entered."""

    url: str
    longest_s: float = 0.0
    statement: str = ""
    looks: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin."""
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, with the last look."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _watch(self) -> None:
        # A server that stops ends the watch, not the drill.
        with suppress(psycopg.OperationalError), psycopg.connect(self.url, autocommit=True) as own:
            while not self._stop.is_set():
                self._look(own)
                time.sleep(_EVERY_S)

    def _look(self, connection: psycopg.Connection[tuple[float, str]]) -> None:
        row = connection.execute(_WAITING).fetchone()
        self.looks += 1
        if row and row[0] > self.longest_s:
            self.longest_s, self.statement = row
