"""Writes answers with a chat model behind any OpenAI-compatible endpoint."""

import time
from typing import Any

from pydantic import BaseModel

from footnote.domain.answer import Usage
from footnote.domain.errors import ModelRefusedError
from footnote.domain.prompt import Completion, Prompt
from footnote.openai_endpoint import OpenAIEndpoint, ParameterRefusedError

_MAX_OUTPUT_TOKENS = 1024


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Reply(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None


class HostedGenerator:
    """A chat model by name; without a key for servers that want none."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        model: str,
        max_output_tokens: int = _MAX_OUTPUT_TOKENS,
    ) -> None:
        """Connect to nothing yet."""
        self.model = model
        self._endpoint = OpenAIEndpoint(base_url, api_key, name="FOOTNOTE_GENERATION")
        self._options: dict[str, Any] = {"temperature": 0, "max_tokens": max_output_tokens}

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        """Write an answer within `deadline_s` seconds, refused parameters and retries included."""
        return _completion(self._request(prompt, time.monotonic() + deadline_s), self.model)

    def _request(self, prompt: Prompt, deadline: float) -> _Reply:
        messages = [_message("system", prompt.system), _message("user", prompt.user)]
        options = self._options
        try:
            return self._endpoint.call(
                lambda client: client.chat.completions.with_raw_response.create(
                    model=self.model, messages=messages, **options
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
    if choice is None or not text:
        reason = choice.finish_reason if choice else "no choices"
        raise ModelRefusedError(f"{model} sent an empty answer (finish reason: {reason})")
    usage = reply.usage or _Usage()
    return Completion(
        text=text,
        usage=Usage(input_tokens=usage.prompt_tokens, output_tokens=usage.completion_tokens),
        truncated=choice.finish_reason == "length",
    )
