"""The client of the API, whatever it is that answers at the address it was given."""

import traceback
from collections.abc import Mapping
from io import BytesIO

import pytest
import urllib3

from footnote.client import ApiClient, ApiRefusedError, ApiUnreachableError

ADDRESS = "http://footnote.invalid"
SECRET = "A" * 32


class Answering:
    """Gives one reply, and keeps the headers that it was sent."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self._body, self._status = body, status
        self.headers: Mapping[str, str] = {}

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        preload_content: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        del method, url, body
        self.headers = headers or {}
        content = BytesIO(self._body)
        return urllib3.HTTPResponse(content, status=self._status, preload_content=preload_content)


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1]", b"7", b"\xff"])
def test_something_else_at_the_address_is_told_as_such(body: bytes) -> None:
    with pytest.raises(ApiUnreachableError, match=f"{ADDRESS} is not Footnote's API"):
        ApiClient(ADDRESS, Answering(body)).health()


def test_no_key_is_sent_on_to_where_a_reply_leads() -> None:
    with pytest.raises(ApiRefusedError, match="answered 301"):
        ApiClient(ADDRESS, Answering(b"Moved", status=301)).health()
    with pytest.raises(ApiRefusedError, match="answered 301"):
        list(ApiClient(ADDRESS, Answering(b"Moved", status=301)).ask_stream("x", "help"))


@pytest.mark.parametrize("end", [b"data: {", b"event: done\ndata: \xff", b"event: error\ndata: {}"])
def test_a_stream_that_is_cut_within_a_line_broke_off(end: bytes) -> None:
    begin = b'event: passages\ndata: {"a": 1}\n\n'
    events = ApiClient(ADDRESS, Answering(begin + end)).ask_stream("x", "help")
    assert next(events) == ("passages", {"a": 1})
    with pytest.raises(ApiUnreachableError, match="broke off"):
        list(events)


def test_a_key_from_a_file_with_other_line_ends_is_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOOTNOTE_API_KEY", f"sk_{SECRET}\r\n")
    answering = Answering(b"{}")
    ApiClient(ADDRESS, answering).health()
    assert answering.headers["Authorization"] == f"Bearer sk_{SECRET}"


@pytest.mark.parametrize("sign", ["\r\n", "\u2026"])
def test_a_key_that_cannot_be_sent_is_in_no_error(
    monkeypatch: pytest.MonkeyPatch, sign: str
) -> None:
    monkeypatch.setenv("FOOTNOTE_API_KEY", f"sk_{SECRET}{sign}{SECRET}")
    with pytest.raises(ApiRefusedError, match="copy it once more") as refused:
        ApiClient(ADDRESS).health()
    assert SECRET not in "".join(traceback.format_exception(refused.value))
