"""A simulator of a rerank endpoint in Cohere's and Jina's form: no model behind it, for tests only.

Scores come from `FakeReranker`; the faults are those of the simulated OpenAI server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from tests.fakes import FakeReranker
from tests.openai_test_server import Json, OpenAITestServer

type Results = list[dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class RerankTestServer(OpenAITestServer):
    """Serves `POST /v1/rerank`; `spoil` changes the results of a reply."""

    spoil: Callable[[Results], Results] = list

    @override
    def answer(self, method: str, path: str, query: dict[str, str], body: Json) -> Json | bytes:
        assert (method, path) == ("POST", "/v1/rerank")
        scores = FakeReranker().rerank(body["query"], body["documents"], deadline_s=1)
        results = [{"index": at, "relevance_score": score} for at, score in enumerate(scores)]
        # Both vendors send the best first, not in the order of the request.
        results.sort(key=lambda result: -float(result["relevance_score"]))
        return {"id": "rerank-test", "results": self.spoil(results[: body["top_n"]])}
