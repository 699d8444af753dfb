"""Writes answers with a chat model behind any OpenAI-compatible endpoint."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, Field

from footnote.domain.answer import NO_TOKENS, Usage
from footnote.domain.errors import ModelUnavailableError, UnusableReplyError
from footnote.domain.model import Model
from footnote.domain.prompt import Completion, Prompt
from footnote.openai_endpoint import OpenAIEndpoint
from footnote.openai_errors import ParameterRefusedError
from footnote.wall_clock import Patience

_MOST_TOKENS = 100_000_000
_REPLY_FORM = "response_format"
# Why a model stopped that has written as much as it may.
_CUT_OFF = "length"
# What endpoints that take schemas say of one that they do not like.
_BAD_SCHEMA = "invalid schema"


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


class _Piece(BaseModel):
    # Servers that know no streams send the whole message.
    said: _Message = Field(_Message(), validation_alias=AliasChoices("delta", "message"))
    finish_reason: str | None = None


class _Chunk(BaseModel):
    choices: list[_Piece] = []
    usage: _Usage | None = None
    error: object = None


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
        self._takes_schemas = True
        # Without it a stream does not tell how many tokens it took.
        self._stream_options: dict[str, Any] = {"stream_options": {"include_usage": True}}

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        """Write an answer within `deadline_s` seconds, refused parameters included."""
        reply = self._request(prompt, time.monotonic() + deadline_s)
        choice = reply.choices[0] if reply.choices else None
        text = choice.message.content or "" if choice else ""
        reason = choice.finish_reason if choice else "no choices"
        return self._completion(text, reason, reply.usage)

    def stream(
        self, prompt: Prompt, *, deadline_s: float, most_s: float | None = None
    ) -> Iterator[str | Completion]:
        """The same piece by piece, as the model writes it; the whole comes last."""
        text, reason, usage = "", None, None
        patience = Patience(deadline_s, most_s)
        try:
            for chunk in self._chunks(prompt, patience):
                if chunk.error:
                    raise ModelUnavailableError(f"{self.model} failed while it was writing")
                usage = chunk.usage or usage
                for choice in chunk.choices[:1]:
                    reason = choice.finish_reason or reason
                    if piece := choice.said.content:
                        text += piece
                        patience.heard()
                        yield piece
        except ModelUnavailableError:
            if not (text and patience.is_used_up()):
                raise
            reason = _CUT_OFF  # it was still writing: what there is may do
        yield self._completion(text, reason, usage)

    def _chunks(self, prompt: Prompt, patience: Patience) -> Iterator[_Chunk]:
        messages, options = _messages(prompt), self._options | self._stream_options
        try:
            yield from self._endpoint.stream(
                lambda client: client.chat.completions.with_raw_response.create(
                    model=self._remote_name, messages=messages, stream=True, **options
                ),
                _Chunk,
                patience,
            )
        except ParameterRefusedError as error:
            if error.parameter not in options:
                raise
            self._learn(error.parameter)
            yield from self._chunks(prompt, patience)

    def _request(self, prompt: Prompt, deadline: float) -> _Reply:
        messages, options = _messages(prompt), self._options | self._reply_form(prompt)
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
            if error.parameter == _REPLY_FORM:
                # Another schema may be taken; the form itself is not tried again.
                self._takes_schemas = _BAD_SCHEMA in str(error).casefold()
                return self._request(replace(prompt, reply_schema=None), deadline)
            self._learn(error.parameter)
            return self._request(prompt, deadline)

    def _reply_form(self, prompt: Prompt) -> dict[str, Any]:
        if prompt.reply_schema is None or not self._takes_schemas:
            return {}
        schema = {"name": "reply", "schema": prompt.reply_schema}
        return {_REPLY_FORM: {"type": "json_schema", "json_schema": schema}}

    def _learn(self, refused: str) -> None:
        if refused in self._stream_options:
            self._stream_options = {}
        else:
            self._options = _adapted(self._options, refused)

    def _completion(self, text: str, reason: str | None, usage: _Usage | None) -> Completion:
        text, truncated = text.strip(), reason == _CUT_OFF
        told = usage or _Usage()
        used = Usage(input_tokens=told.prompt_tokens, output_tokens=told.completion_tokens)
        # A model that thinks before it writes may run out of tokens before its first word.
        if not (text or truncated):
            message = f"{self.model} sent an empty answer (finish reason: {reason})"
            raise UnusableReplyError(message, usage=used if used != NO_TOKENS else None)
        return Completion(text=text, usage=used, truncated=truncated)


def _messages(prompt: Prompt) -> list[Any]:
    return [_message("system", prompt.system), _message("user", prompt.user)]


def _message(role: str, text: str) -> Any:
    # Text from a browser can hold lone surrogates, which no request body can.
    return {"role": role, "content": text.encode(errors="replace").decode()}


def _adapted(options: dict[str, Any], refused: str) -> dict[str, Any]:
    """The options without the refused one; newer models bound their output by another name."""
    kept = {name: value for name, value in options.items() if name != refused}
    if refused == "max_tokens":
        kept["max_completion_tokens"] = options[refused]
    return kept
