"""Whatever a model endpoint does: a typed reply, in time, and no bad vector is searched."""

import json
import math
import random
import statistics
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

import pytest

from footnote.access.door import Door
from footnote.ask_ports import AskPorts
from footnote.circuit_breaker import CircuitBreakers
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.passage import Evidence, Retrieval
from footnote.domain.search_index import SearchIndex
from footnote.embedding.hosted import HostedEmbedder
from footnote.embedding.query_adapter import KnownAdapters
from footnote.generation.extractive import ExtractiveGenerator
from footnote.generation.hosted import HostedGenerator
from footnote.http.api import build_api, whole
from footnote.http.contracts import AskReply
from footnote.http.ports import ApiPorts, Documents, KnowledgeBases, Uploads
from footnote.retrieval.last_known import LastKnownIndexes
from footnote.retrieval.port import Query
from footnote.retrieval.terms import term_counts
from footnote.retrieve import RetrievePorts
from tests.asking import FORM, FakeLedger, OpenPurse, a_model, cascade_ports, recent_models
from tests.fakes import FakeEmbedder
from tests.integration.http.test_api import EVENT
from tests.listening import StreamListener
from tests.openai_test_server import (
    ChatReply,
    Fault,
    OpenAITestServer,
    Vectors,
    body,
    compressed,
    endless,
    hang,
    reset,
    status,
    trickle,
    trickle_headers,
)
from tests.unit.test_cascade import BACKUPS, GOOD, PASSAGE
from tests.wsgi import Context

pytestmark = pytest.mark.integration
# In life a question has 25 s, and Lambda 3 s more; here it has as long as the fault needs to show,
# and a busy machine 1 s more.
QUICK_S, SLOW_S, SLACK_S = 20.0, 4.0, 1.0
DIMENSION = FORM.dimension
FUZZED = 1000


@dataclass
class FakePassages:
    """Always finds the same passage, and remembers what was looked for."""

    vectors: list[list[float] | None] = field(default_factory=list)

    def search(self, query: Query) -> Retrieval:
        self.vectors.append(query.vector)
        found = PASSAGE if query.vector else replace(PASSAGE, cosine=0.0)
        return Retrieval(
            passages=(found,),
            evidence=Evidence(cosine=0.9, coverage=1.0, bm25=1.0, margin=1.0),
            index_as_of=datetime(2026, 11, 22, tzinfo=UTC),
            embedding_model=query.index.form.model,
        )


class OneIndex:
    """The one index that there is."""

    def active(self, kb: KnowledgeBaseId) -> SearchIndex:
        return SearchIndex(kb=kb, index_id=1, model_id=1, form=FORM)


@dataclass
class Asker:
    """The HTTP API with two hosted models and a hosted embedding model."""

    chat: OpenAITestServer
    embedding: OpenAITestServer
    time_s: float = QUICK_S
    breakers: CircuitBreakers = field(default_factory=CircuitBreakers)
    passages: FakePassages = field(default_factory=FakePassages)
    ledger: FakeLedger = field(default_factory=FakeLedger)

    def __post_init__(self) -> None:
        names = ("small", "large")
        models = {name: self._generator(name) for name in names}
        embedder = HostedEmbedder(
            base_url=self.embedding.base_url,
            api_key="k",
            model="test-model",
            dimension=DIMENSION,
            timeout_s=self.time_s * 0.2,
        )
        extractive = ExtractiveGenerator(FakeEmbedder().embed, term_counts)
        cascade = replace(cascade_ports(models, extractive), breakers=self.breakers)
        ask = AskPorts(
            purse=OpenPurse(),
            retrieve=RetrievePorts(
                indexes=LastKnownIndexes(OneIndex()),
                embedders=lambda _: embedder,
                adapters=KnownAdapters(lambda _kb, _number: None),
                passages=self.passages,
                breakers=self.breakers,
            ),
            models=recent_models(*models.values()),
            cascade=cascade,
            ledger=self.ledger,
        )
        self._api = build_api(
            ApiPorts(
                door=Door(None),
                ask=ask,
                documents=cast("Documents", None),
                feedback=cast("Any", None),
                classify=cast("Any", None),
                keys=cast("Any", None),
                usage=cast("Any", None),
                budgets=cast("Any", None),
                knowledge_bases=cast("KnowledgeBases", None),
                recall=cast("Any", None),
                unanswered=cast("Any", None),
                golden=cast("Any", None),
                labels=cast("Any", None),
                retention=cast("Any", None),
                conversation_turns=10,
                uploads=cast("Uploads", None),
                bucket="documents",
                notify=print,
                database_is_up=lambda: None,
                embedding_model=FORM.model,
                max_question_chars=200,
                question_timeout_s=self.time_s,
                version="test",
            )
        )

    def _generator(self, name: str) -> HostedGenerator:
        model = a_model(name, self.chat.base_url, remote_name="test-model")
        return HostedGenerator(model, "k", name=f"model {name}")

    def ask(self) -> AskReply:
        """The reply, which is in time and has the contract's form."""
        return AskReply.model_validate_json(self._reply("/v1/ask"))

    def listen(self) -> StreamListener:
        """The same as it is heard; in the end that is the text of the reply."""
        heard = StreamListener().listen([self._reply("/v1/ask/stream")])
        assert heard.text == AskReply.model_validate(heard.content("done")).answer
        return heard

    def _reply(self, path: str) -> str:
        question = json.dumps({"question": "How long are backups kept?"})
        event = EVENT | {"httpMethod": "POST", "path": path, "body": question}
        began = time.perf_counter()
        reply = whole(self._api.resolve(event, Context()))  # type: ignore[arg-type]
        assert time.perf_counter() - began < self.time_s + SLACK_S
        assert reply["statusCode"] == 200, reply["body"]
        return str(reply["body"])


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[OpenAITestServer, OpenAITestServer]]:
    chat = OpenAITestServer(chat=lambda _: ChatReply(text=GOOD))
    with chat, OpenAITestServer(dimension=DIMENSION) as embedding:
        Asker(chat, embedding).ask()  # the first import of the client takes seconds
        yield chat, embedding


@pytest.fixture
def asker(servers: tuple[OpenAITestServer, OpenAITestServer]) -> Asker:
    for server in servers:
        server.faults.clear()
        server.requests.clear()
        server.distort = list
    return Asker(*servers)


def test_without_faults_the_small_model_answers(asker: Asker) -> None:
    reply = asker.ask()
    assert (reply.model, reply.answer) == ("small", "They stay for thirty days. [1]")
    assert (reply.fallback, reply.degraded, len(asker.chat.requests)) == (None, None, 1)


SLOW = {"hang": hang, "trickle": trickle, "trickled headers": trickle_headers}
FAULTS: dict[str, Fault] = SLOW | {
    "reset": reset,
    "endless": endless,
    "compressed": compressed,
    "busy": status(429, retry_after="120"),
    "failing": status(500),
    "bad gateway": body(b"<html>Bad gateway</html>", "text/html", 502),
    "refused": status(401),
    "garbage": body(b"\x00\xff garbage"),
    "a page": body(b"<html>Welcome</html>", "text/html"),
    "no choices": body(b'{"choices": []}'),
    "deep": body(b"[" * 100_000),
}


def timed(asker: Asker, name: str) -> Asker:
    return replace(asker, time_s=SLOW_S if name in SLOW else QUICK_S)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_every_model_leaves_the_extract_in_time(asker: Asker, name: str) -> None:
    asker = timed(asker, name)
    asker.chat.faults.extend([FAULTS[name]] * 9)
    reply = asker.ask()
    assert (reply.model, reply.answer) == ("extractive", f"{BACKUPS} [1]")
    assert reply.fallback in {"unavailable", "refused"}
    assert len(asker.chat.requests) == 2


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_small_model_leaves_the_answer_to_the_large_one(
    asker: Asker, name: str
) -> None:
    asker = timed(asker, name)
    asker.chat.faults.append(FAULTS[name])
    reply = asker.ask()
    assert (reply.model, reply.fallback) == ("large", None)
    (small, _) = asker.ledger.entries[0].calls
    assert small.escalated
    assert small.reason


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_embedding_model_leaves_search_by_words_and_time_for_an_answer(
    asker: Asker, name: str
) -> None:
    asker = timed(asker, name)
    asker.embedding.faults.extend([FAULTS[name]] * 9)
    reply = asker.ask()
    assert (reply.model, reply.degraded) == ("small", "words_only")
    assert asker.passages.vectors == [None]
    assert len(asker.embedding.requests) <= 2


def test_everything_at_once_hangs_and_there_is_still_an_answer_in_time(asker: Asker) -> None:
    asker = timed(asker, "hang")
    asker.chat.faults.extend([hang] * 9)
    asker.embedding.faults.extend([hang] * 9)
    reply = asker.ask()
    assert (reply.model, reply.degraded, reply.fallback) == (
        "extractive",
        "words_only",
        "unavailable",
    )


def test_an_outage_costs_milliseconds_once_it_is_known(asker: Asker) -> None:
    asker.chat.faults.extend([reset] * 99)
    asker.embedding.faults.extend([reset] * 99)
    for _ in range(4):
        asker.ask()
    asked = len(asker.chat.requests), len(asker.embedding.requests)
    totals = [asker.ask().timings_ms["total"] for _ in range(5)]
    assert (len(asker.chat.requests), len(asker.embedding.requests)) == asked
    assert statistics.median(totals) < 300


BAD_VECTORS: dict[str, Callable[[Vectors], Vectors]] = {
    "wrong dimension": lambda vectors: [vector[:-1] for vector in vectors],
    "empty": lambda vectors: [[] for _ in vectors],
    "NaN": lambda vectors: [[math.nan, *vector[1:]] for vector in vectors],
    "infinite": lambda vectors: [[math.inf, *vector[1:]] for vector in vectors],
    "zero": lambda vectors: [[0.0] * len(vector) for vector in vectors],
    "too many": lambda vectors: vectors * 2,
    "none": lambda _: [],
}


@pytest.mark.parametrize("distort", BAD_VECTORS.values(), ids=BAD_VECTORS.keys())
@pytest.mark.parametrize("floats_only", [False, True])
def test_a_bad_vector_is_never_searched(
    asker: Asker, distort: Callable[[Vectors], Vectors], floats_only: bool
) -> None:
    asker.embedding.distort = distort
    asker.embedding.floats_only = floats_only
    reply = asker.ask()
    assert (reply.status, reply.degraded) == ("answered", "words_only")
    assert asker.passages.vectors == [None]


def test_a_thousand_fuzzed_replies_of_both_endpoints_are_a_thousand_typed_replies(
    asker: Asker,
) -> None:
    source = random.Random(20261125)
    never_held = CircuitBreakers(clock=count(0.0, 1e6).__next__)
    asker = replace(asker, breakers=never_held)
    models = set()
    for _ in range(FUZZED):
        asker.chat.faults.extend(fuzzed(source, CHAT) for _ in range(2))
        if source.random() < 0.5:
            asker.embedding.faults.extend(fuzzed(source, EMBEDDING) for _ in range(2))
        models.add(asker.ask().model)
        asker.chat.faults.clear()
        asker.embedding.faults.clear()
    assert models == {"small", "large", "extractive"}
    assert len(asker.ledger.entries) == FUZZED
    searched = [vector for vector in asker.passages.vectors if vector is not None]
    assert all(is_unit(vector) for vector in searched)
    assert 0 < len(searched) < FUZZED


def is_unit(vector: list[float]) -> bool:
    return len(vector) == DIMENSION and abs(math.hypot(*vector) - 1) < 1e-6


CHAT: dict[str, Any] = {
    "id": "x",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": GOOD}, "finish_reason": "stop"}
    ],
    "usage": {"prompt_tokens": 10, "completion_tokens": 5},
}
EMBEDDING: dict[str, Any] = {
    "data": [{"index": 0, "embedding": FakeEmbedder(DIMENSION).embed(["backups"])[0]}]
}
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, "", "x", "NaN", -1, 0, 10**30, 1e308, -0.0, math.nan, math.inf),
    *([], {}, [None], [[]], {"content": None}, "\ud800", "\0", "💥" * 50, "[1: " * 500),
)


def fuzzed(source: random.Random, valid: dict[str, Any]) -> Fault:
    """A reply with one to three things wrong, in its values or in its bytes."""
    reply = deepcopy(valid)
    for _ in range(source.randint(0, 3)):
        _spoil(source, reply)
    content = json.dumps(reply).encode(errors="replace")
    if source.random() < 0.3:
        content = _damaged(source, content)
    code = source.choice([200] * 8 + [201, 204, 302, 400, 404, 418, 422, 429, 500, 503])
    kind = source.choice(["application/json"] * 4 + ["text/html", "", "application/octet-stream"])
    return body(b"" if code == 204 else content, kind, code)


def _spoil(source: random.Random, node: Any) -> None:
    """Replace, drop or add one value somewhere below `node`."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = source.choice(keys)
        if isinstance(node[key], dict | list) and source.random() < 0.7:
            node = node[key]
            continue
        if source.random() < 0.2:
            del node[key]
        else:
            node[key] = deepcopy(source.choice(ODD_VALUES))
        return


def _damaged(source: random.Random, content: bytes) -> bytes:
    at = source.randrange(len(content))
    return source.choice(
        [
            content[:at],
            content[:at] + bytes(source.randbytes(3)) + content[at + 3 :],
            content * 2,
            b"data: " + content + b"\n\n",
            b"\xef\xbb\xbf" + content,
            content.decode(errors="replace").encode("utf-16"),
        ]
    )
