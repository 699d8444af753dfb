"""An HTTP client that reads no more of a reply than it was told to expect."""

from collections.abc import Iterator
from typing import override

import httpx2


class BoundedStream(httpx2.SyncByteStream):
    """A reply's body, cut off with an error behind so many bytes."""

    def __init__(self, stream: httpx2.SyncByteStream, most_bytes: int) -> None:
        self._stream = stream
        self._most_bytes = most_bytes

    @override
    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for part in self._stream:
            received += len(part)
            if received > self._most_bytes:
                message = f"the reply is larger than {self._most_bytes} bytes"
                raise httpx2.ReadError(message)
            yield part

    @override
    def close(self) -> None:
        self._stream.close()


class BoundedClient(httpx2.Client):
    """Closes its connections when nobody needs it any more."""

    def __del__(self) -> None:
        if not self.is_closed:
            self.close()


def bounded_client(most_bytes: int) -> BoundedClient:
    """A client whose replies are bounded in size, plain, and where they were asked for.

    A compressed reply could grow a thousandfold in memory, and a redirect would send documents to
    an address that nobody chose.
    """

    def bound(response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            response.close()
            message = "the reply is compressed, which was not asked for"
            raise httpx2.ReadError(message)
        stream = response.stream
        assert isinstance(stream, httpx2.SyncByteStream)  # noqa: S101 - the client is not async
        response.stream = BoundedStream(stream, most_bytes)

    return BoundedClient(
        event_hooks={"response": [bound]},
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},
    )


class BrokenReplyError(Exception):
    """The connection broke, or the reply was cut off, before its end."""


def events_of(reply: httpx2.Response) -> Iterator[bytes]:
    """The data of a reply's server-sent events up to `[DONE]`; the whole body where it has none.

    Raises:
        BrokenReplyError: there is no end.
    """
    try:
        if "text/event-stream" not in reply.headers.get("content-type", ""):
            yield reply.read()
            return
        for line in reply.iter_lines():
            name, _, value = line.partition(":")
            if name == "data" and value.strip() == "[DONE]":
                return
            if name == "data":
                yield value.strip().encode()
        raise BrokenReplyError("the stream ended without [DONE]")
    except (httpx2.HTTPError, httpx2.StreamError) as error:
        raise BrokenReplyError(str(error)) from error
