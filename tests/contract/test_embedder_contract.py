"""What every embedder promises, held against the fake, the local and the hosted one."""

import math
from collections.abc import Iterator

import pytest

from footnote.embedding.build_local_model import build_local_model
from footnote.embedding.hosted import HostedEmbedder
from footnote.embedding.local import LocalEmbedder
from footnote.embedding.model_folder import default_model_dir
from footnote.embedding.port import Embedder, Vector
from tests.fakes import FakeEmbedder
from tests.openai_test_server import OpenAITestServer

RESTART = "The router restarts every night at two o'clock."
TEXTS = [RESTART, "Bananas are yellow and sweet.", "short", "a much longer text " * 40]


@pytest.fixture(scope="module")
def hosted() -> Iterator[Embedder]:
    with OpenAITestServer() as server:
        yield HostedEmbedder(
            base_url=server.base_url, api_key="", model="test-model", dimension=384
        )


@pytest.fixture(scope="module")
def local() -> Embedder:
    build_local_model(default_model_dir(), print)
    return LocalEmbedder(default_model_dir())


@pytest.fixture(scope="module")
def fake() -> Embedder:
    return FakeEmbedder()


@pytest.fixture(
    params=[
        "fake",
        pytest.param("local", marks=pytest.mark.integration),
        pytest.param("hosted", marks=pytest.mark.integration),
    ]
)
def embedder(request: pytest.FixtureRequest) -> Embedder:
    chosen: Embedder = request.getfixturevalue(request.param)
    return chosen


def cosine(one: Vector, other: Vector) -> float:
    return math.sumprod(one, other)


def test_no_texts_make_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]) == []


def test_every_vector_has_the_dimension_and_length_one(embedder: Embedder) -> None:
    for vector in embedder.embed(TEXTS):
        assert len(vector) == embedder.dimension
        assert cosine(vector, vector) == pytest.approx(1.0, abs=1e-5)


def test_vectors_come_in_the_order_of_the_texts_whatever_their_length(embedder: Embedder) -> None:
    together = embedder.embed(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert cosine(embedder.embed([text])[0], vector) == pytest.approx(1.0, abs=1e-5)
    assert cosine(together[0], together[1]) < 0.9


def test_a_text_has_the_same_vector_whatever_stands_beside_it(embedder: Embedder) -> None:
    alone = embedder.embed([RESTART])[0]
    among_others = embedder.embed(["x", RESTART, "word " * 500, RESTART])
    assert alone == pytest.approx(among_others[1], abs=1e-6)
    assert alone == pytest.approx(among_others[3], abs=1e-6)


def test_texts_that_share_their_words_are_nearer_than_texts_that_do_not(embedder: Embedder) -> None:
    question, near, far = embedder.embed(["Why does the router restart every night?", *TEXTS[:2]])
    assert cosine(question, near) > cosine(question, far) + 0.2


@pytest.mark.parametrize(
    "text", ["", "   \n", "\ud800 lone surrogate", "日本語のテキスト", "😀" * 9]
)
def test_any_string_can_be_embedded(embedder: Embedder, text: str) -> None:
    (vector,) = embedder.embed([text])
    assert cosine(vector, vector) == pytest.approx(1.0, abs=1e-5)


def test_a_text_of_a_megabyte_is_cut_and_still_embedded(embedder: Embedder) -> None:
    beginning = "The quick brown fox jumps over the lazy dog. " * 300
    long, longer = embedder.embed([beginning, beginning * 80])
    assert cosine(long, longer) > 0.99


def test_more_texts_than_one_batch_holds_keep_their_order(embedder: Embedder) -> None:
    texts = [f"ticket {number} " + "filler " * (number % 7) for number in range(150)]
    vectors = embedder.embed(texts)
    assert len(vectors) == 150
    for number in (0, 77, 149):
        assert vectors[number] == pytest.approx(embedder.embed([texts[number]])[0], abs=1e-6)
