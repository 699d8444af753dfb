"""Calls an OpenAI-compatible endpoint: one client, one reading of its errors, bounded replies."""

import math
import random
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from footnote.domain.errors import (
    FootnoteError,
    ModelRefusedError,
    ModelUnavailableError,
    SettingsError,
)
from footnote.wall_clock import within

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI, OpenAIError
    from pydantic import BaseModel

_BACKOFF_S = (0.2, 0.6)
_CONNECT_S = 5.0
_MESSAGE_CHARS = 300
# Parameters that some compatible servers or models do not take; callers can do without them.
_OPTIONAL_PARAMETERS = ("temperature", "max_tokens", "encoding_format", "dimensions")
_BUSY = {408, 409, 425, 429}


class ParameterRefusedError(ModelRefusedError):
    """The endpoint does not take one `parameter` of the request; without it, it might answer."""

    def __init__(self, message: str, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


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
        self._name = name
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError(f"{self._told('BASE_URL')} must be an http or https address")
        self._base_url = base_url
        self._api_key = api_key
        self._host = parts.hostname
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
                failure = self._translated(error)
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

    def _attempt[Reply: BaseModel](
        self, request: Callable[["OpenAI"], Any], reply: type[Reply], seconds: float
    ) -> Reply:
        from openai import Timeout

        seconds = max(seconds, 0.001)
        timeout = Timeout(seconds, connect=min(seconds, _CONNECT_S))
        client = self._client.with_options(timeout=timeout)
        try:
            # The client's timeout starts anew with every byte: it alone lets a server trickle.
            response = within(seconds, lambda: request(client), name="openai-call")
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
            raise ModelRefusedError(
                f"{self._host} sent no OpenAI-compatible reply ({where}: {first['msg']}):"
                f" check {self._told('BASE_URL')}"
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

    def _translated(self, error: "OpenAIError") -> FootnoteError:
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        if isinstance(error, APITimeoutError):
            return ModelUnavailableError(f"{self._host} did not answer in time")
        if isinstance(error, APIConnectionError):
            return ModelUnavailableError(f"{self._host} cannot be reached or broke the connection")
        if isinstance(error, APIStatusError):
            return self._status_failure(error)
        return ModelRefusedError(f"{self._host}: {self._redacted(str(error))}")

    def _status_failure(self, error: "APIStatusError") -> FootnoteError:
        status = error.status_code
        said = self._redacted(error.message)
        if status in _BUSY or status >= 500:
            return ModelUnavailableError(
                f"{self._host} is overloaded or failing ({status}): {said}",
                retry_after_s=_retry_after(error),
            )
        if status in (401, 403):
            # Vendors quote a part of the key in these messages, so theirs is not repeated.
            return ModelRefusedError(
                f"{self._host} refuses the key or its rights ({status}):"
                f" check {self._told('API_KEY')}"
            )
        if status == 404:
            return ModelRefusedError(
                f"{self._host} has no such model or path (404):"
                f" check {self._told('MODEL')} and {self._told('BASE_URL')}: {said}"
            )
        message = f"{self._host} rejects the request ({status}): {said}"
        parameter = _refused_parameter(error)
        return (
            ParameterRefusedError(message, parameter) if parameter else ModelRefusedError(message)
        )

    def _told(self, part: str) -> str:
        """What people know a part of the endpoint's set-up by: a setting, or the registry's."""
        if self._name.startswith("FOOTNOTE_"):
            return f"{self._name}_{part}"
        return f"the {part.lower().replace('_', ' ')} of {self._name}"

    def _redacted(self, text: str) -> str:
        clean = text.replace(self._api_key, "***") if self._api_key else text
        return clean[:_MESSAGE_CHARS]


def _retry_after(error: "APIStatusError") -> float | None:
    """Seconds that the server asks to wait; None where it asks for nothing that can be used."""
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:  # absent, or a date, which would need the two clocks to agree
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _refused_parameter(error: "APIStatusError") -> str | None:
    if error.status_code not in (400, 422):
        return None
    named = error.param or error.message
    return next((name for name in _OPTIONAL_PARAMETERS if name in named), None)
