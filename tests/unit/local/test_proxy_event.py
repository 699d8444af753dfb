"""HTTP requests become API Gateway events, and results become HTTP responses."""

import base64
from datetime import UTC, datetime

import pytest

from footnote.local.proxy_event import (
    HttpRequest,
    MalformedResultError,
    http_response,
    proxy_event,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def request(
    target: str, *, body: bytes = b"", headers: dict[str, str] | None = None
) -> HttpRequest:
    pairs = tuple((headers or {}).items())
    return HttpRequest(
        method="POST", target=target, headers=pairs, body=body, source_ip="127.0.0.1"
    )


def test_a_repeated_parameter_keeps_all_its_values_and_the_last_one_alone() -> None:
    event = proxy_event(request("/v1/documents?status=ready&status=failed&prefix="), now=NOON)
    assert event["multiValueQueryStringParameters"] == {
        "status": ["ready", "failed"],
        "prefix": [""],
    }
    assert event["queryStringParameters"] == {"status": "failed", "prefix": ""}


def test_without_a_query_the_parameters_are_null_as_in_api_gateway() -> None:
    event = proxy_event(request("/v1/ask"), now=NOON)
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None


def test_a_path_is_decoded_and_given_as_the_proxy_parameter() -> None:
    event = proxy_event(request("/v1/documents/a%20b"), now=NOON)
    assert event["path"] == "/v1/documents/a b"
    assert event["pathParameters"] == {"proxy": "v1/documents/a b"}
    assert event["resource"] == "/{proxy+}"


def test_the_root_has_no_proxy_parameter() -> None:
    event = proxy_event(request("/"), now=NOON)
    assert (event["resource"], event["pathParameters"]) == ("/", None)


def test_a_text_body_stays_text() -> None:
    event = proxy_event(request("/", body="Größe?".encode()), now=NOON)
    assert (event["body"], event["isBase64Encoded"]) == ("Größe?", False)


def test_a_binary_body_comes_as_base64() -> None:
    event = proxy_event(request("/", body=b"\xff\x00"), now=NOON)
    assert (event["body"], event["isBase64Encoded"]) == ("/wA=", True)


def test_the_caller_is_named_in_the_request_context() -> None:
    event = proxy_event(request("/", headers={"User-Agent": "curl"}), now=NOON)
    context = event["requestContext"]
    assert isinstance(context, dict)
    assert context["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "curl"}
    assert context["requestTimeEpoch"] == 1_795_348_800_000
    assert context["stage"] == "local"


def test_each_request_gets_an_id_of_its_own() -> None:
    first, second = (proxy_event(request("/"), now=NOON)["requestContext"] for _ in range(2))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["requestId"] != second["requestId"]


def test_a_result_becomes_a_response_with_its_repeated_headers() -> None:
    response = http_response(
        {
            "statusCode": 201,
            "headers": {"Content-Type": "text/plain", "set-cookie": "ignored"},
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
            "body": "Größe",
        }
    )
    assert response.status == 201
    assert response.headers == (
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("Content-Type", "text/plain"),
    )
    assert response.body == "Größe".encode()


def test_a_base64_result_becomes_its_bytes() -> None:
    body = base64.b64encode(b"\x89PNG").decode()
    result = {"statusCode": 200, "body": body, "isBase64Encoded": True}
    assert http_response(result).body == b"\x89PNG"


@pytest.mark.parametrize(
    "result",
    [
        None,
        "done",
        {},
        {"statusCode": "soon"},
        {"statusCode": 999},
        {"statusCode": 200, "body": {"answer": 42}},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "body": "?", "isBase64Encoded": True},
    ],
)
def test_a_result_that_is_no_http_response_is_refused(result: object) -> None:
    with pytest.raises(MalformedResultError):
        http_response(result)
