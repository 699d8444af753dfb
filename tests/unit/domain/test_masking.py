"""What is masked in logs, and what is left of errors."""

import json

import pytest

from footnote.domain.errors import ModelUnavailableError
from footnote.domain.masking import masked, quote, told, trace_of


@pytest.mark.parametrize(
    "secret",
    [
        "Authorization: Bearer abc.DEF-123",
        "postgresql://me:pass@host/db",
        "https://b.s3.amazonaws.com/k?X-Amz-Signature=0a1b2c&X-Amz-Credential=AKIA1234567890123456",
        "sk-proj-0123456789abcdef",
        "pk_ABCDEFGHIJ_0123456789",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig",
        "password=hunter2",
        "ann.o'neill@example.co.uk",
        "4111 1111 1111 1111",
        "4111111111111111",
        "DE89 3704 0044 0532 0130 00",
        "+1 (555) 010-9999",
        "030 5550 1234",
    ],
)
def test_what_is_secret_or_personal_is_masked(secret: str) -> None:
    assert "***" in masked(f"before {secret} behind")
    rest = masked(f"before {secret} behind").replace("*", "")
    for part in ("abc.DEF", "pass@", "0a1b2c", "0123456789", "hunter2", "neill@", "1111", "9999"):
        assert part not in rest


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-28 21:59:03,123+0000",
        "5c1f3a52-0b9d-4c63-9a54-6a1f0c2d9b11",
        "help/handbook-2026-11.pdf took 1234567 ms",
        "S3 answered 503 for help/a.md",
        "version 1.170.0 at 127.0.0.1:8080",
    ],
)
def test_what_operators_need_stays(text: str) -> None:
    assert masked(text) == text


def test_of_foreign_errors_what_they_quote_and_go_on_about_is_left_out() -> None:
    error = ValueError("can't read 'it's a secret' here\nDETAIL: all of it")
    assert told(error) == "ValueError: can't read … here"
    with pytest.raises(ValueError, match="Expecting") as broken:
        json.loads("{")
    assert told(broken.value).startswith("JSONDecodeError: Expecting property name")
    assert told(KeyError("secret")) == "KeyError: …"


def test_of_our_own_errors_what_others_said_is_left_out() -> None:
    error = ModelUnavailableError(f"m.example is failing (500): {quote('you said “secret”')}")
    assert told(error) == "m.example is failing (500): “***”"
    assert "secret" in str(error)


def test_a_trace_names_causes_and_places_without_values() -> None:
    try:
        try:
            int("secret")
        except ValueError as cause:
            raise RuntimeError("no 'secret'") from cause
    except RuntimeError as error:
        trace = trace_of(error)
    assert "secret" not in trace
    assert "RuntimeError: no …" in trace
    assert "ValueError: invalid literal for int() with base 10: …" in trace
    assert "test_masking.py" in trace
