"""What is compared: each searches for a question, and tells what it found and how long it took."""

import json
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from pgvector import HalfVector
from psycopg.types.json import Jsonb

from benchmarks.environments import make_environment, python_of
from benchmarks.search.filling import BENCH_SQL, KB, connected
from benchmarks.search.questions import AskedQuestion
from footnote.bootstrap import index_form
from footnote.domain.filter import Equals
from footnote.domain.passage import Retrieval
from footnote.postgres.connection import Database
from footnote.postgres.passages import EF_SEARCH, WIDEST_EF_SEARCH, PostgresPassages
from footnote.postgres.queries import load_queries
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.retrieval.bm25 import question_pairs, question_terms
from footnote.retrieval.port import Query

K = 10
PEERS = ("llamaindex", "langchain", "haystack")
_HERE = Path(__file__).parent

# One attribute and its value; none where all pass.
type Passing = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The ids of the chunks found, best first, and the milliseconds that it took."""

    ms: float
    found: tuple[str, ...]


class Arm(Protocol):
    """One of those that are compared."""

    name: str

    def search(self, question: AskedQuestion, passing: Passing) -> Answer:
        """The best ten, of those that pass."""
        ...

    def truth(self, question: AskedQuestion, passing: Passing) -> tuple[str, ...]:
        """What it would find if it looked at every chunk."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Footnote:
    """The product's own search, by words and meaning, from the question's text and embedding."""

    def __init__(self, url: str, *, quantized: bool = False) -> None:
        self.name = "footnote hybrid, bits" if quantized else "footnote hybrid"
        self._database = Database(url, connections=1)
        active = PostgresSearchIndexes(self._database, index_form()).active(KB)
        self._index = replace(active, quantized=quantized)
        self._passages = PostgresPassages(self._database)

    def search(self, question: AskedQuestion, passing: Passing) -> Answer:
        """The terms are made within the time; the embedding is given, as to all others."""
        began = time.perf_counter()
        found = self._passages.search(self._query(question, passing))
        return Answer(ms=(time.perf_counter() - began) * 1e3, found=_places(found))

    def truth(self, question: AskedQuestion, passing: Passing) -> tuple[str, ...]:
        """By the guard's own exact search."""
        query = self._query(question, passing)
        return _places(self._passages.search_exactly(query, seconds=600))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _query(self, question: AskedQuestion, passing: Passing) -> Query:
        wanted = [Equals(key=key, value=value) for key, value in passing.items()]
        languages = self._index.languages
        return Query(
            index=self._index,
            vector=question.vector,
            terms=question_terms(KB, question.text, languages),
            pairs=question_pairs(KB, question.text, languages),
            top_k=K,
            filter=wanted[0] if wanted else None,
        )


def ef_search_of(url: str) -> int:
    """How widely the product searches a graph of this size: all others do the same."""
    active: dict[str, object] = {"kb": KB, "index_id": 0, "scan_limit": "1", "milliseconds": "0"}
    limits = {"ef_search": EF_SEARCH, "widest": WIDEST_EF_SEARCH}
    with connected(url) as connection, connection.transaction():
        (index,) = connection.execute(
            "select active_index from knowledge_base where kb = %(kb)s", active
        ).fetchall()
        active |= {"index_id": index["active_index"]}
        connection.execute(load_queries("search.sql")["settings"], active | limits)
        row = connection.execute("select current_setting('hnsw.ef_search') as ef").fetchall()[0]
    return int(str(row["ef"]))


class RawSql:
    """One query by meaning, as a person would write it who knows pgvector."""

    name = "raw SQL, one vector query"

    def __init__(self, url: str) -> None:
        self._connection = connected(url)
        self._connection.execute(f"set hnsw.ef_search = {ef_search_of(url)}".encode())
        self._truths: dict[tuple[str, str], tuple[str, ...]] = {}

    def search(self, question: AskedQuestion, passing: Passing) -> Answer:
        """Plain SQL has no answer to a filter that leaves few: it returns what came near."""
        parameters = {"vector": HalfVector(question.vector), "k": K, "passing": Jsonb(passing)}
        statement = BENCH_SQL["nearest_filtered" if passing else "nearest"]
        began = time.perf_counter()
        rows = self._connection.execute(statement, parameters).fetchall()
        spent = (time.perf_counter() - began) * 1e3
        return Answer(ms=spent, found=tuple(str(row["chunk_id"]) for row in rows))

    def truth(self, question: AskedQuestion, passing: Passing) -> tuple[str, ...]:
        """The nearest of all; looked for once, as it takes long and all dense arms ask for it."""
        place = question.text, str(passing)
        if place not in self._truths:
            parameters = {"vector": HalfVector(question.vector), "k": K, "passing": Jsonb(passing)}
            rows = self._connection.execute(BENCH_SQL["nearest_exactly"], parameters)
            self._truths[place] = tuple(str(row["chunk_id"]) for row in rows)
        return self._truths[place]

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


class Peer:
    """A framework's own dense search, in a process of its own that also takes the time."""

    def __init__(self, name: str, url: str, exact: RawSql) -> None:
        self.name = f"{name} dense"
        self._exact = exact
        listed = _HERE / f"requirements-{name}.txt"
        make_environment(name, listed)
        (folder,) = parse_qs(urlsplit(url).query)["host"]
        width = str(ef_search_of(url))
        command = [python_of(name), str(_HERE / "peer_server.py"), name, folder, width]
        self._process = subprocess.Popen(  # noqa: S603 - our own code
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={"PATH": "/usr/bin:/bin", "HAYSTACK_TELEMETRY_ENABLED": "false"},
        )
        self._reply()

    def search(self, question: AskedQuestion, passing: Passing) -> Answer:
        """By the store's own method."""
        request = {"vector": question.vector, "filter": passing or None, "k": K}
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        reply = self._reply()
        return Answer(ms=reply["ms"], found=tuple(reply["found"]))

    def truth(self, question: AskedQuestion, passing: Passing) -> tuple[str, ...]:
        """The nearest of all."""
        return self._exact.truth(question, passing)

    def close(self) -> None:
        """End the process."""
        with self._process as process:
            process.kill()

    def _reply(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        line = self._process.stdout.readline()
        if not line:
            message = f"{self.name} ended; run peer_server.py by hand to see why"
            raise RuntimeError(message)
        reply: dict[str, Any] = json.loads(line)
        return reply


def _places(found: Retrieval) -> tuple[str, ...]:
    return tuple(f"{passage.document_id}/{passage.ordinal}" for passage in found.passages)
