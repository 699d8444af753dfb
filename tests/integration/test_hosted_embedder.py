"""The hosted embedder against a simulated endpoint: its limits, its quirks and its faults."""

import math
from collections.abc import Callable, Iterator

import pytest

from footnote.domain.errors import ModelRefusedError, ModelUnavailableError
from footnote.embedding.hosted import HostedEmbedder
from tests.openai_test_server import OpenAITestServer, Vectors, body, hang, reset, status, trickle

pytestmark = pytest.mark.integration

KEY = "sk-test-0123456789abcdef"


@pytest.fixture
def server() -> Iterator[OpenAITestServer]:
    with OpenAITestServer() as server:
        yield server


def embedder(
    server: OpenAITestServer, *, model: str = "test-model", timeout_s: float = 10
) -> HostedEmbedder:
    return HostedEmbedder(
        base_url=server.base_url, api_key=KEY, model=model, dimension=384, timeout_s=timeout_s
    )


def test_requests_stay_within_the_number_of_texts_that_one_may_hold(
    server: OpenAITestServer,
) -> None:
    assert len(embedder(server).embed(["x"] * 2050)) == 2050
    assert [len(request.body["input"]) for request in server.requests] == [2048, 2]


def test_requests_stay_within_the_tokens_that_one_may_hold(server: OpenAITestServer) -> None:
    embedder(server).embed(["ü" * 4000] * 40)
    sizes = [sum(len(text.encode()) for text in r.body["input"]) for r in server.requests]
    assert sizes == [296_000, 24_000]


def test_a_text_over_the_limit_is_cut_between_two_characters(server: OpenAITestServer) -> None:
    embedder(server).embed(["a" + "€" * 4000])
    assert server.requests[0].body["input"] == ["a" + "€" * 2730]


def test_the_dimension_is_asked_for_only_where_models_can_be_asked(
    server: OpenAITestServer,
) -> None:
    embedder(server, model="test-model").embed(["x"])
    embedder(server, model="text-embedding-3-small").embed(["x"])
    assert [r.body.get("dimensions") for r in server.requests] == [None, 384]


def test_floats_are_taken_from_a_server_that_knows_no_base64(server: OpenAITestServer) -> None:
    in_base64 = embedder(server).embed(["some words"])
    server.floats_only = True
    assert embedder(server).embed(["some words"])[0] == pytest.approx(in_base64[0], abs=1e-6)


def test_a_server_that_refuses_base64_is_asked_for_floats_from_then_on(
    server: OpenAITestServer,
) -> None:
    hosted = embedder(server)
    server.faults.append(status(400, message="encoding_format is not supported"))
    hosted.embed(["one"])
    hosted.embed(["two"])
    formats = [request.body["encoding_format"] for request in server.requests]
    assert formats == ["base64", "float", "float"]


def test_vectors_of_any_length_are_normalised(server: OpenAITestServer) -> None:
    server.distort = lambda vectors: [[5 * value for value in v] for v in vectors]
    (vector,) = embedder(server).embed(["text"])
    assert math.hypot(*vector) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("distort", "message"),
    [
        (lambda vectors: [v[:100] for v in vectors], "sent 100 floats: FOOTNOTE_EMBEDDING_DIM"),
        (lambda vectors: [[math.nan, *v[1:]] for v in vectors], "zero or not finite"),
        (lambda vectors: [[math.inf, *v[1:]] for v in vectors], "zero or not finite"),
        (lambda vectors: [[0.0] * len(v) for v in vectors], "zero or not finite"),
        (lambda vectors: vectors[:-1], "sent 1 embeddings for 2 texts"),
        (lambda vectors: [*vectors, vectors[0]], "sent 3 embeddings for 2 texts"),
    ],
    ids=["wrong dimension", "NaN", "infinite", "zero", "too few", "too many"],
)
def test_an_unusable_vector_is_refused(
    server: OpenAITestServer, distort: Callable[[Vectors], Vectors], message: str
) -> None:
    server.distort = distort
    with pytest.raises(ModelRefusedError, match=message):
        embedder(server).embed(["one", "two"])


@pytest.mark.parametrize(
    "content",
    [b"<html>hello</html>", b'{"data": [{"index": 0}]}', b"[]", b""],
    ids=["HTML", "no vector", "a list", "nothing"],
)
def test_a_reply_of_another_form_points_to_the_address(
    server: OpenAITestServer, content: bytes
) -> None:
    server.faults.append(body(content))
    with pytest.raises(ModelRefusedError, match="check FOOTNOTE_EMBEDDING_BASE_URL"):
        embedder(server).embed(["x"])


def test_an_embedding_that_is_not_base64_is_refused(server: OpenAITestServer) -> None:
    server.faults.append(body(b'{"data": [{"index": 0, "embedding": "%%%"}]}'))
    with pytest.raises(ModelRefusedError, match="not base64"):
        embedder(server).embed(["x"])


@pytest.mark.parametrize("fault", [status(429), status(500), status(503), reset])
def test_a_passing_fault_is_retried_once(
    server: OpenAITestServer, fault: Callable[[object], None]
) -> None:
    server.faults.append(fault)
    assert len(embedder(server).embed(["x"])) == 1
    assert len(server.requests) == 2


@pytest.mark.parametrize("fault", [status(429), status(502), reset])
def test_a_lasting_fault_is_unavailability_after_two_attempts(
    server: OpenAITestServer, fault: Callable[[object], None]
) -> None:
    server.faults.extend([fault] * 5)
    with pytest.raises(ModelUnavailableError):
        embedder(server).embed(["x"])
    assert len(server.requests) == 2


@pytest.mark.parametrize("fault", [hang, trickle])
def test_a_server_that_never_finishes_is_unavailable(
    server: OpenAITestServer, fault: Callable[[object], None]
) -> None:
    server.faults.append(fault)
    with pytest.raises(ModelUnavailableError, match="in time"):
        embedder(server, timeout_s=0.4).embed(["x"])


def test_a_wrong_key_is_named_by_its_setting_and_never_shown(server: OpenAITestServer) -> None:
    server.api_key = "another"
    with pytest.raises(ModelRefusedError, match="check FOOTNOTE_EMBEDDING_API_KEY") as caught:
        embedder(server).embed(["x"])
    assert KEY not in str(caught.value)
    assert len(server.requests) == 1


def test_an_unknown_model_is_named_by_its_setting(server: OpenAITestServer) -> None:
    with pytest.raises(ModelRefusedError, match=r"FOOTNOTE_EMBEDDING_MODEL.*does not exist"):
        embedder(server, model="unheard-of").embed(["x"])


def test_a_vector_space_is_named_by_model_and_dimension(server: OpenAITestServer) -> None:
    assert embedder(server).model == "test-model/384"
