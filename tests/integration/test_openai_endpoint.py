"""Deadlines, retries and errors of calls to an OpenAI-compatible endpoint."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from footnote.domain.errors import ModelRefusedError, ModelUnavailableError
from footnote.openai_endpoint import OpenAIEndpoint
from footnote.openai_errors import ParameterRefusedError
from tests.openai_test_server import (
    OpenAITestServer,
    compressed,
    endless,
    hang,
    redirect,
    reset,
    status,
    trickle,
    trickle_headers,
)

pytestmark = pytest.mark.integration

KEY = "sk-test-0123456789abcdef"


class Models(BaseModel):
    data: list[dict[str, Any]]


@pytest.fixture
def server() -> Iterator[OpenAITestServer]:
    with OpenAITestServer() as server:
        yield server


def list_models(server: OpenAITestServer, *, deadline_s: float = 5, key: str = KEY) -> Models:
    endpoint = OpenAIEndpoint(server.base_url, key, name="FOOTNOTE_TEST")
    return endpoint.call(
        lambda client: client.models.with_raw_response.list(), Models, deadline_s=deadline_s
    )


@pytest.fixture(autouse=True, scope="module")
def _import_openai() -> None:
    # The first import takes seconds, which would count against the deadlines below.
    with OpenAITestServer() as server:
        list_models(server, deadline_s=60)


def test_the_key_goes_along_as_a_bearer_token(server: OpenAITestServer) -> None:
    server.api_key = KEY
    assert list_models(server).data[0]["id"] == "test-model"


def test_a_server_that_wants_no_key_answers_without_one(server: OpenAITestServer) -> None:
    assert list_models(server, key="").data


@pytest.mark.parametrize("fault", [hang, trickle, trickle_headers])
def test_the_deadline_holds_however_slowly_the_server_sends(
    server: OpenAITestServer, fault: Any
) -> None:
    server.faults.append(fault)
    began = time.monotonic()
    with pytest.raises(ModelUnavailableError, match="did not answer in time"):
        list_models(server, deadline_s=0.3)
    assert time.monotonic() - began < 20  # and not the minute and more of the server


def test_both_attempts_share_one_deadline(server: OpenAITestServer) -> None:
    server.faults.extend([reset, hang])
    began = time.monotonic()
    with pytest.raises(ModelUnavailableError):
        list_models(server, deadline_s=2.5)
    assert 2 < time.monotonic() - began < 20  # and not the minute of the server
    assert len(server.requests) == 2


def test_the_second_attempt_waits_as_long_as_the_server_asks(server: OpenAITestServer) -> None:
    server.faults.append(status(429, retry_after="0.9"))
    list_models(server)
    assert server.requests[1].at - server.requests[0].at >= 0.9


def test_a_wait_beyond_the_deadline_is_not_begun(server: OpenAITestServer) -> None:
    server.faults.append(status(503, retry_after="30"))
    began = time.monotonic()
    with pytest.raises(ModelUnavailableError, match="503"):
        list_models(server)
    assert time.monotonic() - began < 2.0
    assert len(server.requests) == 1


def test_a_date_to_retry_after_counts_as_a_short_wait(server: OpenAITestServer) -> None:
    server.faults.append(status(429, retry_after="Wed, 21 Oct 2099 07:28:00 GMT"))
    assert list_models(server).data


def test_nothing_listening_is_unavailability() -> None:
    with OpenAITestServer() as server:
        pass
    with pytest.raises(ModelUnavailableError, match="cannot be reached"):
        list_models(server, deadline_s=2)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 413, 422])
def test_a_refusal_is_final_and_hides_the_key(server: OpenAITestServer, code: int) -> None:
    server.faults.append(status(code, message=f"no luck with {KEY}"))
    with pytest.raises(ModelRefusedError, match=str(code)) as caught:
        list_models(server)
    assert KEY not in str(caught.value)
    assert len(server.requests) == 1


def test_a_refused_parameter_is_named(server: OpenAITestServer) -> None:
    server.faults.append(status(400, message="Unsupported value: 'temperature'"))
    with pytest.raises(ParameterRefusedError) as caught:
        list_models(server)
    assert caught.value.parameter == "temperature"


@pytest.mark.parametrize("fault", [endless, compressed])
def test_a_reply_that_could_fill_the_memory_is_not_read_to_its_end(
    server: OpenAITestServer, fault: Any
) -> None:
    server.faults.extend([fault] * 2)
    with pytest.raises(ModelUnavailableError, match="broke the connection"):
        list_models(server)


def test_a_redirect_takes_no_documents_elsewhere(server: OpenAITestServer) -> None:
    with OpenAITestServer() as elsewhere:
        server.faults.append(redirect(f"{elsewhere.base_url}/models"))
        with pytest.raises(ModelRefusedError, match="307"):
            list_models(server)
        assert elsewhere.requests == []


def test_an_endpoint_whose_caller_retries_is_asked_once(server: OpenAITestServer) -> None:
    server.faults.append(status(503, retry_after="7"))
    endpoint = OpenAIEndpoint(server.base_url, KEY, name="model small", attempts=1)
    with pytest.raises(ModelUnavailableError) as caught:
        endpoint.call(lambda client: client.models.with_raw_response.list(), Models, deadline_s=20)
    assert (caught.value.retry_after_s, len(server.requests)) == (7.0, 1)


def test_a_model_of_the_registry_is_named_where_its_set_up_is_wrong(
    server: OpenAITestServer,
) -> None:
    server.faults.append(status(401))
    endpoint = OpenAIEndpoint(server.base_url, KEY, name="model small", attempts=1)
    with pytest.raises(ModelRefusedError, match="check the api key of model small"):
        endpoint.call(lambda client: client.models.with_raw_response.list(), Models, deadline_s=5)
