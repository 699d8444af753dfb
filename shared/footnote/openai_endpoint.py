"""Calls an OpenAI-compatible endpoint: one client, one reading of its errors, bounded replies."""

import random
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from footnote.domain.errors import ModelUnavailableError, SettingsError, UnusableReplyError
from footnote.openai_errors import Translator, told
from footnote.wall_clock import Patience, each_within, within

if TYPE_CHECKING:
    from openai import OpenAI
    from pydantic import BaseModel

_BACKOFF_S = (0.2, 0.6)
_CONNECT_S = 5.0
# The client hands back what came, as its `with_raw_response` does for paths that it knows.
_RAW = {"X-Stainless-Raw-Response": "true"}
_FORM = {"Content-Type": "multipart/form-data"}

# The field of a form, and in it a file's name, content and type.
type File = tuple[str, tuple[str, bytes, str]]


class OpenAIEndpoint:
    """An OpenAI-compatible server; `name` is the prefix of its settings, or `model small`.

    The key is optional: a server on one's own machine often wants none.
    """

    def __init__(
        self, base_url: str, api_key: str, *, name: str, attempts: int = 2, most_mb: int = 4
    ) -> None:
        """Check the address; connect to nothing. One attempt only where the caller retries.

        A reply of more than `most_mb` megabytes is not read to its end.

        Raises:
            SettingsError: `base_url` is not an http address.
        """
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError(f"{told(name, 'BASE_URL')} must be an http or https address")
        self._base_url = base_url
        self._api_key = api_key
        self._host = parts.hostname
        self._errors = Translator(host=self._host, name=name, api_key=api_key)
        self._attempts = attempts
        self._most_bytes = most_mb * 2**20

    def call[Reply: BaseModel](
        self, request: Callable[["OpenAI"], Any], reply: type[Reply], *, deadline_s: float
    ) -> Reply:
        """Send a request made `with_raw_response` and read its body as `reply`.

        All attempts are within `deadline_s` seconds on the wall clock, however slowly the server
        sends.

        Raises:
            ModelUnavailableError: no usable answer in time: down, slow or overloaded.
            ModelRefusedError: the endpoint rejects the request, or its reply is not of that form.
        """
        from openai import OpenAIError

        deadline = time.monotonic() + deadline_s
        for attempt in range(1, self._attempts + 1):
            try:
                return self._attempt(request, reply, deadline - time.monotonic())
            except OpenAIError as error:
                failure = self._errors.translated(error)
                last = attempt == self._attempts
                if last or not isinstance(failure, ModelUnavailableError):
                    raise failure from error
                pause = failure.retry_after_s
                if pause is None:
                    pause = random.uniform(*_BACKOFF_S)  # noqa: S311 - jitter, not a secret
                if time.monotonic() + pause >= deadline:
                    raise failure from error
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def get[Reply: BaseModel](self, path: str, reply: type[Reply], *, deadline_s: float) -> Reply:
        """`call` with a path that the client has no method for."""
        return self.call(
            lambda client: client.get(path, cast_to=object, options={"headers": _RAW}),
            reply,
            deadline_s=deadline_s,
        )

    def post[Reply: BaseModel](
        self,
        path: str,
        body: Mapping[str, object],
        reply: type[Reply],
        *,
        deadline_s: float,
        files: Sequence[File] = (),
    ) -> Reply:
        """See `get`; with files, all of it is sent as a form."""
        headers = _RAW | _FORM if files else _RAW
        return self.call(
            lambda client: client.post(
                path, cast_to=object, body=body, files=files or None, options={"headers": headers}
            ),
            reply,
            deadline_s=deadline_s,
        )

    def stream[Chunk: BaseModel](
        self, request: Callable[["OpenAI"], Any], chunk: type[Chunk], patience: Patience
    ) -> Iterator[Chunk]:
        """Send a request made `with_raw_response` and `stream=True`, once; read what comes of it.

        A server that knows no streams sends its whole reply as one chunk.

        Raises:
            ModelUnavailableError: down, slow or overloaded, or the reply broke off.
            ModelRefusedError: the endpoint rejects the request, or its reply is not of that form.
        """
        from openai import OpenAIError

        client = self._within(patience.left())
        try:
            yield from each_within(
                patience, lambda: self._chunks(request(client), chunk), name="openai-stream"
            )
        except TimeoutError as error:
            raise ModelUnavailableError(f"{self._host} did not answer in time") from error
        except OpenAIError as error:
            raise self._errors.translated(error) from error

    def _chunks[Chunk: BaseModel](self, response: Any, chunk: type[Chunk]) -> Generator[Chunk]:
        from footnote.bounded_http import BrokenReplyError, events_of

        with closing(response.http_response) as reply:
            try:
                for event in events_of(reply):
                    yield self._read(event, chunk)
            except BrokenReplyError as error:
                raise ModelUnavailableError(f"{self._host} broke the connection") from error

    def _within(self, seconds: float) -> "OpenAI":
        """The client with the timeouts of one attempt."""
        from openai import Timeout

        seconds = max(seconds, 0.001)
        timeout = Timeout(seconds, connect=min(seconds, _CONNECT_S))
        return self._client.with_options(timeout=timeout)

    def _attempt[Reply: BaseModel](
        self, request: Callable[["OpenAI"], Any], reply: type[Reply], seconds: float
    ) -> Reply:
        client = self._within(seconds)
        try:
            # The client's timeout starts anew with every byte: it alone lets a server trickle.
            response = within(max(seconds, 0.001), lambda: request(client), name="openai-call")
        except TimeoutError as error:
            raise ModelUnavailableError(f"{self._host} did not answer in time") from error
        return self._read(response.http_response.content, reply)

    def _read[Reply: BaseModel](self, body: bytes, reply: type[Reply]) -> Reply:
        from pydantic import ValidationError

        try:
            return reply.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "body"
            raise UnusableReplyError(
                f"{self._host} sent no OpenAI-compatible reply ({where}: {first['msg']}):"
                f" check {self._errors.told('BASE_URL')}"
            ) from None  # the cause would quote the body

    @cached_property
    def _client(self) -> "OpenAI":
        from openai import OpenAI

        from footnote.bounded_http import bounded_client

        return OpenAI(
            base_url=self._base_url,
            api_key=self._api_key or "none",
            max_retries=0,
            http_client=bounded_client(self._most_bytes),
        )


def load_client() -> None:
    """Load the client's library, which takes a second, and make no client."""
    import openai  # noqa: F401

    import footnote.bounded_http  # noqa: F401
