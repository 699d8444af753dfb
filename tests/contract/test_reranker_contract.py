"""What every reranker promises, held against the fake and the hosted one."""

import math
from collections.abc import Iterator

import pytest

from footnote.retrieval.hosted_reranker import HostedReranker
from footnote.retrieval.port import Reranker
from tests.fakes import FakeReranker
from tests.rerank_test_server import RerankTestServer

TEXTS = ["bananas are yellow", "the router restarts every night", "the router", "nothing of it"]
QUESTION = "why does the router restart every night"


@pytest.fixture(scope="module")
def hosted() -> Iterator[Reranker]:
    with RerankTestServer() as server:
        yield HostedReranker(base_url=server.base_url, api_key="", model="rerank-test")


@pytest.fixture(scope="module")
def fake() -> Reranker:
    return FakeReranker()


@pytest.fixture(params=["fake", pytest.param("hosted", marks=pytest.mark.integration)])
def reranker(request: pytest.FixtureRequest) -> Reranker:
    chosen: Reranker = request.getfixturevalue(request.param)
    return chosen


def test_no_texts_have_no_scores(reranker: Reranker) -> None:
    assert reranker.rerank(QUESTION, [], deadline_s=5) == []


def test_every_text_has_a_finite_score_in_its_place(reranker: Reranker) -> None:
    scores = reranker.rerank(QUESTION, TEXTS, deadline_s=5)
    assert len(scores) == len(TEXTS)
    assert all(math.isfinite(score) for score in scores)
    assert scores[1] > scores[2] > scores[0]
    turned = reranker.rerank(QUESTION, TEXTS[::-1], deadline_s=5)
    assert turned[::-1] == scores


def test_the_same_text_twice_has_the_same_score(reranker: Reranker) -> None:
    one, other = reranker.rerank(QUESTION, [TEXTS[1], TEXTS[1]], deadline_s=5)
    assert one == other


@pytest.mark.parametrize("text", ["", " \n", "\ud800 lone surrogate", "日本語", "long " * 20_000])
def test_any_text_and_question_can_be_reranked(reranker: Reranker, text: str) -> None:
    assert len(reranker.rerank(QUESTION, [text, "router"], deadline_s=5)) == 2
    assert len(reranker.rerank(text, ["router", "other"], deadline_s=5)) == 2


def test_a_hundred_texts_are_scored_together(reranker: Reranker) -> None:
    texts = [f"router {number}" for number in range(100)]
    scores = reranker.rerank("router 42", texts, deadline_s=5)
    assert scores.index(max(scores)) == 42
