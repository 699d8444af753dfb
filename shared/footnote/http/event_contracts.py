"""The events of a streamed answer, and the one form of errors."""

from pydantic import BaseModel, ConfigDict

from footnote.http.contracts import CitationReply, SearchReply


class PassagesEvent(SearchReply):
    """What an answer is being written from; the first event of a stream."""

    question_id: str
    conversation_id: str
    question: str


class _Event(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class TokenEvent(_Event):
    """More text of a sentence of the answer; they are numbered from 0."""

    sentence: int
    text: str


class RetractEvent(_Event):
    """This sentence and those behind it do not count any more: forget their text.

    `reason`: why, as in `removed` of the answer or `fallback`, or `replaced`.
    """

    sentence: int
    reason: str


class CitationsEvent(_Event):
    """The citations of the answer; behind them comes `done`, which holds them as well."""

    citations: list[CitationReply]


class ErrorReply(_Event):
    """What went wrong; `request_id` finds the rest in the logs."""

    code: str
    message: str
    request_id: str


class ErrorEvent(_Event):
    """Why there will be no answer, in the form of all errors."""

    error: ErrorReply
