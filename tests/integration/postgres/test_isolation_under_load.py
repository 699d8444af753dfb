"""Two knowledge bases on shared connections, with errors between: no row of the other is seen."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import LiteralString, override

import psycopg
import pytest
from psycopg import sql

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import DatabaseUnavailableError
from footnote.postgres.connection import Database, Row, Step
from tests.integration.postgres.test_passages import search
from tests.two_knowledge_bases import BOTH, fill_both, readable, within

pytestmark = pytest.mark.integration
THREADS, CONNECTIONS = 6, 2
# What a transaction of the owner finds where nothing is left of the one before.
OWNER = {"role": "none", "kb": "", "reader": False}
WHO = (
    "select current_setting('role') as role, current_user = 'footnote_reader' as reader,"
    " coalesce(current_setting('footnote.kb', true), '') as kb"
)
FOREIGN: LiteralString = "insert into recall_check (kb, k) values (%(other)s, 1)"
OWN: LiteralString = "insert into recall_check (kb, k, hits) values (%(kb)s, 10, 9)"


class Load:
    """What many threads did with one database, and what they saw."""

    def __init__(self, database: Database, seed: int) -> None:
        self._database = database
        self._seed = seed
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.served: set[tuple[object, object]] = set()
        with database.transaction() as connection:
            names = [name for name in readable(connection) if name != "embedding_model"]
        part = sql.SQL("select kb, {literal} as name from {name}")
        parts = [
            part.format(literal=sql.Literal(name), name=sql.Identifier(name)) for name in names
        ]
        # No condition: as if every query had forgotten its own.
        self._everything = sql.SQL(
            "select pg_backend_pid() as pid, kb, count(*) as seen from ({}) as t group by kb"
        ).format(sql.SQL(" union all ").join(parts))

    def run(self, transactions: int) -> None:
        """So many transactions, of all kinds at random."""
        with ThreadPoolExecutor(THREADS) as threads:
            shares = [
                transactions // THREADS + (n < transactions % THREADS) for n in range(THREADS)
            ]
            for done in [threads.submit(self._run, n, share) for n, share in enumerate(shares)]:
                done.result()

    def _run(self, thread: int, transactions: int) -> None:
        chosen = random.Random(f"{self._seed} {thread}")
        kinds: list[tuple[Callable[[KnowledgeBaseId], None], int]] = [
            (self._reads, 8),
            (self._writes, 2),
            (self._writes_foreign, 2),
            (self._fails, 3),
            (self._fails_between, 3),
            (self._is_owner, 4),
            (self._searches, 1),
        ]
        acts, weights = zip(*kinds, strict=True)
        for _ in range(transactions):
            kb = chosen.choice(BOTH)
            (act,) = chosen.choices(acts, weights)
            act(kb)
            self._count(transactions=1)

    def _count(self, **more: int) -> None:
        with self._lock:
            self.counts.update(more)

    def _look(self, kb: str, rows: list[Row]) -> None:
        own = sum(int(str(row["seen"])) for row in rows if row["kb"] == kb)
        seen = sum(int(str(row["seen"])) for row in rows)
        self._count(own=own, foreign=seen - own, blind=not own)
        with self._lock:
            self.served |= {(row["pid"], kb) for row in rows}

    def _steps(self, kb: KnowledgeBaseId, *statements: LiteralString) -> list[Step]:
        other = next(one for one in BOTH if one != kb)
        return [Step(statement=one, parameters={"kb": kb, "other": other}) for one in statements]

    def _reads(self, kb: KnowledgeBaseId) -> None:
        step = Step(statement=self._everything, parameters={})
        self._look(kb, self._database.run_within(kb, step)[0])

    def _writes(self, kb: KnowledgeBaseId) -> None:
        self._database.run_within(kb, *self._steps(kb, OWN))

    def _writes_foreign(self, kb: KnowledgeBaseId) -> None:
        with suppress(psycopg.errors.InsufficientPrivilege):
            self._database.run_within(kb, *self._steps(kb, FOREIGN))
            self._count(written_to_another=1)

    def _fails(self, kb: KnowledgeBaseId) -> None:
        broken = self._steps(kb, OWN, "select 1 / 0", OWN)
        with suppress(psycopg.errors.DivisionByZero, DatabaseUnavailableError):
            self._database.run_within(kb, *broken)

    def _fails_between(self, kb: KnowledgeBaseId) -> None:
        with suppress(KeyError), within(self._database, kb) as connection:
            self._look(kb, connection.execute(self._everything).fetchall())
            raise KeyError

    def _is_owner(self, kb: KnowledgeBaseId) -> None:
        del kb
        with self._database.transaction() as connection:
            (found,) = connection.execute(WHO).fetchall()
        self._count(leaked=found != OWNER)

    def _searches(self, kb: KnowledgeBaseId) -> None:
        found = search(self._database, "how long are backups kept", kb=kb)
        foreign = sum(not passage.key.startswith(f"{kb}/") for passage in found)
        self._count(own=len(found), foreign=foreign, blind=not found)


@pytest.fixture
def shared(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, connections=CONNECTIONS, connect_timeout_s=60)
    fill_both(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "transactions",
    [2_000, pytest.param(100_000, marks=pytest.mark.storm)],
    ids=["short", "long"],
)
def test_no_transaction_sees_or_writes_a_row_of_the_other_knowledge_base(
    shared: Database, transactions: int
) -> None:
    load = Load(shared, seed=20261128)
    load.run(transactions)
    assert load.counts["transactions"] == transactions
    assert load.counts["own"] > transactions
    wrong = ("foreign", "written_to_another", "leaked", "blind")
    assert {name: load.counts[name] for name in wrong} == dict.fromkeys(wrong, 0)
    # Each connection served both.
    assert len(load.served) == CONNECTIONS * len(BOTH)


def test_the_load_notices_a_table_without_its_policy(shared: Database) -> None:
    with shared.transaction() as connection:
        connection.execute("alter table document_history disable row level security")
    load = Load(shared, seed=1)
    load.run(100)
    assert load.counts["foreign"] > 0


def test_the_load_notices_a_policy_that_lets_others_be_written(shared: Database) -> None:
    with shared.transaction() as connection:
        connection.execute("alter policy one_knowledge_base on recall_check with check (true)")
    load = Load(shared, seed=1)
    load.run(100)
    assert load.counts["written_to_another"] > 0


class LeakyDatabase(Database):
    """Sets for the session what has to end with the transaction."""

    @override
    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Row]]:
        with super().transaction() as connection:
            yield connection
            connection.execute("select set_config('footnote.kb', 'help', false)")


@pytest.mark.usefixtures("shared")
def test_the_load_notices_a_setting_that_outlives_its_transaction(database_url: str) -> None:
    leaky = LeakyDatabase(database_url, connections=CONNECTIONS, connect_timeout_s=60)
    load = Load(leaky, seed=1)
    load.run(100)
    leaky.close()
    assert load.counts["leaked"] > 0
