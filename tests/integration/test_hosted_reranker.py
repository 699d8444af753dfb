"""The hosted reranker against a simulated endpoint that does all that endpoints do."""

import math
import time
from collections.abc import Callable, Iterator

import pytest

from footnote.domain.errors import ModelRefusedError, ModelUnavailableError, SettingsError
from footnote.retrieval.hosted_reranker import HostedReranker
from tests import openai_test_server as faults
from tests.openai_test_server import Fault
from tests.rerank_test_server import RerankTestServer, Results

pytestmark = pytest.mark.integration
TEXTS = ["the router", "a banana", "the router restarts"]


@pytest.fixture
def server() -> Iterator[RerankTestServer]:
    with RerankTestServer(api_key="sk-right") as running:
        yield running


def reranker(server: RerankTestServer, key: str = "sk-right") -> HostedReranker:
    return HostedReranker(base_url=server.base_url, api_key=key, model="rerank-test")


def test_the_request_is_of_the_common_form(server: RerankTestServer) -> None:
    reranker(server).rerank("router?", TEXTS, deadline_s=5)
    (request,) = server.requests
    assert request.path == "/v1/rerank"
    assert request.headers["authorization"] == "Bearer sk-right"
    assert request.body == {
        "model": "rerank-test",
        "query": "router?",
        "documents": TEXTS,
        "top_n": 3,
    }


def test_what_is_sent_is_bounded(server: RerankTestServer) -> None:
    reranker(server).rerank("q" * 9000, ["x" * 100_000, "y"], deadline_s=5)
    body = server.requests[0].body
    assert [len(text) for text in body["documents"]] == [4000, 1]
    assert len(body["query"]) == 4000


DOWN: list[Fault] = [
    faults.status(429, retry_after="120"),
    faults.status(500),
    faults.status(503),
    faults.reset,
    faults.hang,
    faults.trickle,
    faults.trickle_headers,
    faults.endless,
    faults.compressed,
]


@pytest.mark.parametrize("fault", DOWN, ids=[str(number) for number in range(len(DOWN))])
def test_an_endpoint_that_is_down_is_asked_once_and_in_its_time(
    server: RerankTestServer, fault: Fault
) -> None:
    server.faults.append(fault)
    began = time.monotonic()
    with pytest.raises(ModelUnavailableError):
        reranker(server).rerank("router?", TEXTS, deadline_s=0.5)
    assert time.monotonic() - began < 2
    assert len(server.requests) == 1


def test_how_long_it_asks_to_wait_is_passed_on(server: RerankTestServer) -> None:
    server.faults.append(faults.status(429, retry_after="17"))
    with pytest.raises(ModelUnavailableError) as caught:
        reranker(server).rerank("router?", TEXTS, deadline_s=5)
    assert caught.value.retry_after_s == 17


GARBAGE = {
    "no JSON": b"<html>login</html>",
    "nothing": b"",
    "a list": b"[]",
    "no results": b'{"data": []}',
    "NaN": b'{"results": [{"index": 0, "relevance_score": NaN}]}',
    "a word": b'{"results": [{"index": 0, "relevance_score": "high"}]}',
    "too large": b'{"results": [{"index": 0, "relevance_score": 1e999}]}',
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_refused(server: RerankTestServer, name: str) -> None:
    server.faults.append(faults.body(GARBAGE[name]))
    with pytest.raises(ModelRefusedError, match="check FOOTNOTE_RERANK_BASE_URL"):
        reranker(server).rerank("router?", TEXTS[:1], deadline_s=5)


SPOILED: dict[str, Callable[[Results], Results]] = {
    "one is missing": lambda results: results[1:],
    "one stands twice": lambda results: [results[0], *results[:-1]],
    "one too many": lambda results: [*results, {"index": 3, "relevance_score": 0.1}],
    "another index": lambda results: [*results[:-1], {"index": 7, "relevance_score": 0.1}],
    "below zero": lambda results: [*results[:-1], {"index": -1, "relevance_score": 0.1}],
    "none": lambda _: [],
}


@pytest.mark.parametrize("name", SPOILED)
def test_not_one_score_for_each_text_is_refused(name: str) -> None:
    def spoiled(results: Results) -> Results:
        return SPOILED[name](results)

    with RerankTestServer(spoil=spoiled) as server, pytest.raises(ModelRefusedError):
        reranker(server).rerank("router?", TEXTS, deadline_s=5)


@pytest.mark.parametrize("code", [400, 401, 404, 422])
def test_a_refusal_is_told_without_the_key(server: RerankTestServer, code: int) -> None:
    server.faults.append(faults.status(code, message="the key sk-right may not"))
    with pytest.raises(ModelRefusedError) as caught:
        reranker(server).rerank("router?", TEXTS, deadline_s=5)
    assert "sk-right" not in str(caught.value)


def test_an_address_that_is_none_is_told_at_once() -> None:
    with pytest.raises(SettingsError, match="FOOTNOTE_RERANK_BASE_URL must be an http"):
        HostedReranker(base_url="rerank.example", api_key="", model="m")


def test_any_other_scale_of_scores_is_taken() -> None:
    def logits(results: Results) -> Results:
        return [one | {"relevance_score": -8.5 + one["index"]} for one in results]

    with RerankTestServer(spoil=logits) as server:
        scores = reranker(server).rerank("router?", TEXTS, deadline_s=5)
    assert scores == [-8.5, -7.5, -6.5]
    assert all(map(math.isfinite, scores))
