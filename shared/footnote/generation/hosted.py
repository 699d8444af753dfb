"""Writes answers with a chat model behind any OpenAI-compatible endpoint."""

import time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator

from footnote.domain.answer import Usage
from footnote.domain.errors import ModelRefusedError
from footnote.domain.model import Model
from footnote.domain.prompt import Completion, Prompt
from footnote.openai_endpoint import OpenAIEndpoint, ParameterRefusedError

_MOST_TOKENS = 100_000_000


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


def _count(value: object) -> int:
    """A number of tokens that can be one; an answer is not lost over a bill that cannot be."""
    return value if isinstance(value, int) and 0 <= value <= _MOST_TOKENS else 0


class _Usage(BaseModel):
    prompt_tokens: Annotated[int, BeforeValidator(_count)] = 0
    completion_tokens: Annotated[int, BeforeValidator(_count)] = 0


class _Reply(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None


class HostedGenerator:
    """One model of the registry, or of the settings; without a key for servers that want none.

    `name` is what messages call it. It is asked once: whoever calls owns the retries.
    """

    def __init__(self, model: Model, api_key: str, *, name: str = "FOOTNOTE_GENERATION") -> None:
        """Connect to nothing yet."""
        self.model = model.name
        self._remote_name = model.remote_name
        self._endpoint = OpenAIEndpoint(model.base_url, api_key, name=name, attempts=1)
        self._options: dict[str, Any] = {"temperature": 0, "max_tokens": model.max_output_tokens}

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        """Write an answer within `deadline_s` seconds, refused parameters included."""
        return _completion(self._request(prompt, time.monotonic() + deadline_s), self.model)

    def _request(self, prompt: Prompt, deadline: float) -> _Reply:
        messages = [_message("system", prompt.system), _message("user", prompt.user)]
        options = self._options
        try:
            return self._endpoint.call(
                lambda client: client.chat.completions.with_raw_response.create(
                    model=self._remote_name, messages=messages, **options
                ),
                _Reply,
                deadline_s=deadline - time.monotonic(),
            )
        except ParameterRefusedError as error:
            if error.parameter not in options:
                raise
            self._options = _adapted(options, error.parameter)
            return self._request(prompt, deadline)


def _message(role: str, text: str) -> Any:
    # Text from a browser can hold lone surrogates, which no request body can.
    return {"role": role, "content": text.encode(errors="replace").decode()}


def _adapted(options: dict[str, Any], refused: str) -> dict[str, Any]:
    """The options without the refused one; newer models bound their output by another name."""
    kept = {name: value for name, value in options.items() if name != refused}
    if refused == "max_tokens":
        kept["max_completion_tokens"] = options[refused]
    return kept


def _completion(reply: _Reply, model: str) -> Completion:
    choice = reply.choices[0] if reply.choices else None
    text = (choice.message.content or "").strip() if choice else ""
    truncated = choice is not None and choice.finish_reason == "length"
    # A model that thinks before it writes may run out of tokens before its first word.
    if choice is None or not (text or truncated):
        reason = choice.finish_reason if choice else "no choices"
        raise ModelRefusedError(f"{model} sent an empty answer (finish reason: {reason})")
    usage = reply.usage or _Usage()
    return Completion(
        text=text,
        usage=Usage(input_tokens=usage.prompt_tokens, output_tokens=usage.completion_tokens),
        truncated=truncated,
    )
