"""What one question and one document take of a whole running system, in processor time.

Processor time, because other work on the machine lengthens any other. What a function waits for is
added where it was measured (the database's work) and assumed where it cannot be (S3, a model).
"""

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row

from benchmarks.ingest.measuring import whole
from benchmarks.ingest.running_system import RunningSystem
from footnote.answering.token_count import count_tokens
from footnote.domain.prompt import write_claim
from tests.openai_test_server import ChatReply, OpenAITestServer

DOCS = Path(__file__).parents[2] / "docs"
_HEADING = re.compile(r"^##+ (.+)$", re.MULTILINE)
_FIRST_SENTENCE = re.compile(r"<passage[^>]*>\s*(?:[^\n]*\n)*?([^\n.<>]{40,300}\.)", re.DOTALL)
# Postgres tells its statistics a moment later.
_SETTLE_S = 3.0
_COUNTS = """
select (select count(*) from chunk) as chunks,
       (select sum(blks_hit + blks_read) from pg_stat_database
        where datname = current_database()) as blocks,
       pg_database_size(current_database()) as bytes,
       pg_current_wal_lsn() - '0/0'::pg_lsn as wal
"""

type Figures = dict[str, float]


class State:
    """Everything that is counted, at one moment."""

    def __init__(self, system: RunningSystem) -> None:
        time.sleep(_SETTLE_S)
        self.processor = system.processor_s()
        logs = system.workspace.logs
        self.logs = {path.stem: path.stat().st_size for path in logs.glob("*.log")}
        with psycopg.connect(system.database_url, row_factory=dict_row) as connection:
            (row,) = connection.execute(_COUNTS).fetchall()
        self.database = {name: float(count) for name, count in row.items()}

    def processor_ms(self, before: "State", *parts: str) -> float:
        """Milliseconds that these parts worked since then."""
        return 1e3 * sum(self.processor.get(p, 0.0) - before.processor.get(p, 0.0) for p in parts)

    def logged(self, before: "State", *names: str) -> float:
        """Bytes that these functions wrote to their logs since then."""
        return float(sum(self.logs.get(n, 0) - before.logs.get(n, 0) for n in names))

    def counted(self, before: "State", name: str) -> float:
        """How much one of the database's counts grew since then."""
        return self.database[name] - before.database[name]


@contextmanager
def system_with_a_model() -> Iterator[tuple[RunningSystem, OpenAITestServer]]:
    """`footnote up` beside an endpoint that answers with the first passage's first sentence."""
    with OpenAITestServer(chat=_quote_the_first) as server:
        system = RunningSystem(
            {
                "FOOTNOTE_GENERATION_BASE_URL": server.base_url,
                "FOOTNOTE_GENERATION_API_KEY": "test",
                "FOOTNOTE_GENERATION_MODEL": "test-model",
                "FOOTNOTE_ANSWER_CACHE_HOURS": "0",
            }
        )
        with system:
            yield system, server


def per_document(system: RunningSystem, files: Mapping[str, bytes]) -> tuple[Figures, Figures]:
    """What reading these files takes, for each of them; and each chunk's bytes in the database."""
    before = State(system)
    whole(system, files, "measured")
    after = State(system)
    count = len(files)
    chunks = after.counted(before, "chunks")
    document = {
        "bytes": sum(map(len, files.values())) / count,
        "chunks": chunks / count,
        "processor_ms": after.processor_ms(before, "ingest", "parser") / count,
        "intake_ms": after.processor_ms(before, "intake") / count,
        "database_ms": after.processor_ms(before, "database") / count,
        "wal_bytes": after.counted(before, "wal") / count,
        "log_bytes": after.logged(before, "ingest", "intake") / count,
    }
    return document, {"database_bytes": after.counted(before, "bytes") / chunks}


def per_question(
    system: RunningSystem, server: OpenAITestServer, questions: Sequence[str], knowledge_base: str
) -> Figures:
    """What asking these questions takes, for each of them."""
    server.requests.clear()
    before = State(system)
    replies = [system.ask(question, knowledge_base) for question in questions]
    after = State(system)
    count = len(questions)
    return {
        "processor_ms": after.processor_ms(before, "api") / count,
        "database_ms": after.processor_ms(before, "database") / count,
        "blocks": after.counted(before, "blocks") / count,
        "reply_bytes": mean(len(json.dumps(reply).encode()) for reply in replies),
        "log_bytes": after.logged(before, "api") / count,
        "input_tokens": mean(_tokens(request.body) for request in server.requests),
    }


def first_question_ms(system: RunningSystem, environments: int, question: str) -> Figures:
    """Processor time from an environment's start to its first reply."""
    started = 1e3 * system.processor_s().get("api", 0.0) / environments
    before = State(system)
    system.ask(question, "measured")
    return {"processor_ms": started + State(system).processor_ms(before, "api")}


class PeakMemory:
    """The most that each function's largest process held, looked at ten times a second."""

    def __init__(self, system: RunningSystem) -> None:
        self._system = system
        self._most: dict[str, float] = {}
        self._end = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._looking.start()
        return self

    def __exit__(self, *ended: object) -> None:
        self._end.set()
        self._looking.join()

    def figures(self) -> Figures:
        """Megabytes; a function that reads files has a child that parses beside it."""
        api, intake = self._most.get("api", 0.0), self._most.get("intake", 0.0)
        ingest = self._most.get("ingest", 0.0) + self._most.get("parser", 0.0)
        return {"api_mb": api, "intake_mb": intake, "ingest_mb": ingest}

    def _look(self) -> None:
        while not self._end.wait(0.1):
            for part, size in self._system.largest_mb().items():
                self._most[part] = max(size, self._most.get(part, 0.0))


def own_documents() -> dict[str, bytes]:
    """This project's documentation: prose, as people ask about it."""
    return {path.name: path.read_bytes() for path in sorted(DOCS.rglob("*.md"))}


def questions_of(files: Mapping[str, bytes]) -> list[str]:
    """One for each heading."""
    return [
        f"What is to be known about {heading}?"
        for content in files.values()
        for heading in _HEADING.findall(content.decode())
    ]


def _quote_the_first(request: dict[str, Any]) -> ChatReply:
    found = _FIRST_SENTENCE.search(request["messages"][-1]["content"])
    if found is None:
        return ChatReply(text="The documents do not say.")
    sentence = found.group(1).strip()
    return ChatReply(text=f"{sentence} {write_claim(1, sentence)}")


def _tokens(body: Mapping[str, Any]) -> int:
    return sum(count_tokens(message["content"]) for message in body["messages"])
