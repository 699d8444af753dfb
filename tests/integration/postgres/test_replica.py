"""Questions searched in a real hot standby: what it lags behind, and what becomes of it without."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from footnote.circuit_breaker import CircuitBreaker
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.passage import Retrieval
from footnote.postgres.address import address_of, at_host
from footnote.postgres.connection import Database
from footnote.postgres.passages import PostgresPassages
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.retrieval.bm25 import question_terms
from footnote.retrieval.port import Query
from footnote.retrieval.reader_first import ReaderFirst
from tests.fakes import FakeEmbedder
from tests.integration.postgres.test_passages import FORM, KB, publish
from tests.replica import Replica, replica_of

pytestmark = pytest.mark.integration


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A database, its standby, and the search that asks the standby first."""

    url: str
    writer: Database
    reader: Database
    replica: Replica

    def ask(self, question: str) -> Retrieval:
        index = PostgresSearchIndexes(self.writer, FORM).active(KnowledgeBaseId(KB))
        (vector,) = FakeEmbedder().embed([question])
        terms = question_terms(index.kb, question, index.languages)
        search = ReaderFirst(
            PostgresPassages(self.reader), PostgresPassages(self.writer), CircuitBreaker()
        )
        return search.search(Query(index=index, vector=vector, terms=terms, top_k=5))

    def texts(self, question: str) -> list[str]:
        return [passage.text for passage in self.ask(question).passages]


@pytest.fixture
def pair(database: Database, database_url: str) -> Iterator[Pair]:
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        replica_of(database_url, Path(folder)) as replica,
    ):
        reader = Database(at_host(database_url, replica.host), connect_timeout_s=30)
        yield Pair(url=database_url, writer=database, reader=reader, replica=replica)
        reader.close()


def test_a_standby_answers_with_what_it_has_and_says_up_to_when(pair: Pair) -> None:
    publish(pair.writer, "a.md", ["Backups are kept for thirty days."])
    pair.replica.catch_up(pair.url)
    with pair.reader.autocommit() as connection:
        (row,) = connection.execute("select pg_is_in_recovery() as copy").fetchall()
    assert row["copy"] is True
    before = pair.ask("how long are backups kept")
    assert before.passages[0].text == "Backups are kept for thirty days."

    pair.replica.fall_behind(pair.url)
    publish(pair.writer, "a.md", ["Backups are kept for ninety days."], tick=2)
    behind = pair.ask("how long are backups kept")
    # A whole generation, the one before, and a time that says so.
    assert [passage.text for passage in behind.passages] == ["Backups are kept for thirty days."]
    assert behind.index_as_of == before.index_as_of

    pair.replica.catch_up(pair.url)
    current = pair.ask("how long are backups kept")
    assert [passage.text for passage in current.passages] == ["Backups are kept for ninety days."]
    assert current.index_as_of > before.index_as_of

    pair.replica.stop()
    gone = Database(at_host(pair.url, pair.replica.host), connect_timeout_s=1)
    without = replace(pair, reader=gone).texts("how long are backups kept")
    gone.close()
    assert without == ["Backups are kept for ninety days."]


def test_another_host_keeps_user_password_and_database() -> None:
    aurora = address_of('{"username": "u", "password": "p @"}', host="writer.example")
    assert "host=reader.example" in at_host(aurora, "reader.example")
    assert "password='p @'" in at_host(aurora, "reader.example")
    url = at_host("postgresql://u:p@writer:6432/help?sslmode=require", "reader")
    assert {
        "user=u",
        "password=p",
        "host=reader",
        "port=6432",
        "dbname=help",
        "sslmode=require",
    } == {*url.split()}
