"""The API's replies as an evaluation reads them: what it measures, and no more."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class PassageReply(_Reply):
    """A passage of `/v1/search`."""

    key: str
    title: str = ""
    page: int | None = None
    score: float
    text: str


class SearchReply(_Reply):
    """The reply of `/v1/search`."""

    passages: tuple[PassageReply, ...]
    in_corpus: float | None = None


class CitationReply(_Reply):
    """A citation of `/v1/ask`; `status` is `verified` or `unverified` where the API checks it."""

    document_id: str
    key: str
    version_id: str | None = None
    quote: str
    status: str | None = None


class UsageReply(_Reply):
    """Tokens of `/v1/ask`."""

    input_tokens: int = 0
    output_tokens: int = 0


class AskReply(_Reply):
    """The reply of `/v1/ask`; `output` is what it holds where a schema was sent."""

    status: str
    answer: str
    output: Any = None
    citations: tuple[CitationReply, ...] = ()
    in_corpus: float | None = None
    model: str = ""
    usage: UsageReply = UsageReply()
    cost_usd: float | None = 0.0
    timings_ms: dict[str, float] = {}
