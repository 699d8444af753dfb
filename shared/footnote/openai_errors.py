"""An OpenAI client's errors in Footnote's words: what may be retried, and what to look at."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnote.domain.errors import FootnoteError, ModelRefusedError, ModelUnavailableError
from footnote.domain.masking import quote

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAIError

_MESSAGE_CHARS = 300
# Parameters that some compatible servers or models do not take; callers can do without them.
_OPTIONAL_PARAMETERS = (
    *("temperature", "max_tokens", "encoding_format", "dimensions", "stream_options"),
    *("response_format",),
)
_BUSY = {408, 409, 425, 429}


class ParameterRefusedError(ModelRefusedError):
    """The endpoint does not take one `parameter` of the request; without it, it might answer."""

    def __init__(self, message: str, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Translator:
    """Knows an endpoint by its host, by the `name` that people set it up by, and by its key."""

    host: str
    name: str
    api_key: str = field(repr=False)

    def translated(self, error: "OpenAIError") -> FootnoteError:
        """The client's error as one of ours."""
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        if isinstance(error, APITimeoutError):
            return ModelUnavailableError(f"{self.host} did not answer in time")
        if isinstance(error, APIConnectionError):
            return ModelUnavailableError(f"{self.host} cannot be reached or broke the connection")
        if isinstance(error, APIStatusError):
            return self._status_failure(error)
        return ModelRefusedError(f"{self.host}: {quote(self._redacted(str(error)))}")

    def told(self, part: str) -> str:
        """What people know a part of the endpoint's set-up by."""
        return told(self.name, part)

    def _status_failure(self, error: "APIStatusError") -> FootnoteError:
        status = error.status_code
        said = quote(self._redacted(error.message))
        if status in _BUSY or status >= 500:
            return ModelUnavailableError(
                f"{self.host} is overloaded or failing ({status}): {said}",
                retry_after_s=_retry_after(error),
            )
        if status in (401, 403):
            # Vendors quote a part of the key in these messages, so theirs is not repeated.
            return ModelRefusedError(
                f"{self.host} refuses the key or its rights ({status}):"
                f" check {self.told('API_KEY')}"
            )
        if status == 404:
            return ModelRefusedError(
                f"{self.host} has no such model or path (404):"
                f" check {self.told('MODEL')} and {self.told('BASE_URL')}: {said}"
            )
        message = f"{self.host} rejects the request ({status}): {said}"
        parameter = _refused_parameter(error)
        return (
            ParameterRefusedError(message, parameter) if parameter else ModelRefusedError(message)
        )

    def _redacted(self, text: str) -> str:
        clean = text.replace(self.api_key, "***") if self.api_key else text
        return clean[:_MESSAGE_CHARS]


def told(name: str, part: str) -> str:
    """What people know a part of an endpoint's set-up by: a setting, or the registry's."""
    if name.startswith("FOOTNOTE_"):
        return f"{name}_{part}"
    return f"the {part.lower().replace('_', ' ')} of {name}"


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
