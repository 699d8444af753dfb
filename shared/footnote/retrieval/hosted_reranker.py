"""Reranks through a hosted endpoint of Cohere's and Jina's form, and believes nothing unchecked."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from footnote.domain.errors import UnusableReplyError
from footnote.openai_endpoint import OpenAIEndpoint

# Models read some hundred to some thousand tokens of a text and leave out the rest.
_MOST_CHARS = 4000


class _Result(BaseModel):
    index: int
    relevance_score: Annotated[float, Field(allow_inf_nan=False)]


class _Reply(BaseModel):
    results: list[_Result]


class HostedReranker:
    """A model behind `POST {base_url}/rerank`; it is asked once a question, never again."""

    def __init__(self, *, base_url: str, api_key: str, model: str) -> None:
        """Connect to nothing yet."""
        self.model = model
        self._endpoint = OpenAIEndpoint(base_url, api_key, name="FOOTNOTE_RERANK", attempts=1)

    def rerank(self, question: str, texts: Sequence[str], *, deadline_s: float) -> list[float]:
        """See `Reranker.rerank`; texts count up to their 4,000th character."""
        if not texts:
            return []
        body = {
            "model": self.model,
            "query": _sendable(question),
            "documents": [_sendable(text) for text in texts],
            "top_n": len(texts),
        }
        reply = self._endpoint.post("/rerank", body, _Reply, deadline_s=deadline_s)
        scores = {result.index: result.relevance_score for result in reply.results}
        if len(reply.results) != len(texts) or sorted(scores) != list(range(len(texts))):
            raise UnusableReplyError(
                f"{self.model} sent {len(reply.results)} scores for {len(texts)} texts,"
                " or not one for each"
            )
        return [scores[index] for index in range(len(texts))]


def _sendable(text: str) -> str:
    # Text from a browser can hold lone surrogates, which no request body can.
    return text[:_MOST_CHARS].encode(errors="replace").decode()
