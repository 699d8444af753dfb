"""An HTTP client that reads no more of a reply than it was told to expect."""

import weakref
from collections.abc import Iterable, Iterator
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


def bounded_client(most_bytes: int) -> httpx2.Client:
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

    client = httpx2.Client(
        event_hooks={"response": [bound]},
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},
    )
    # Its connections are closed when nobody needs it any more. A `__del__` could come too late: of
    # a cycle that is collected, sockets may be finalized before the client is.
    transports = [client._transport, *filter(None, client._mounts.values())]
    weakref.finalize(client, _close, transports).atexit = False
    return client


def _close(transports: Iterable[httpx2.BaseTransport]) -> None:
    for transport in transports:
        transport.close()


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
