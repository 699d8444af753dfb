"""The API's client as an evaluation sees it: one error, which says whether to ask again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from footnote.client import ApiClient, ApiRefusedError, ApiUnreachableError
from footnote.evaluate import RefusedError

# An API that is started anew or under load comes back within seconds.
_UNREACHABLE_S = 2.0
_BUSY_S = 5.0
_BUSY = (429, 502, 503, 504)
_NOT_FOUND = 404
_INVALID = "output_invalid"


class EvaluatedApi:
    """Footnote's HTTP API, of which a set of questions is asked."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    def search(self, question: str, knowledge_base: str, top_k: int) -> dict[str, Any]:
        """The passages for a question."""
        with _refusals():
            return self._client.search(question, knowledge_base, top_k)

    def ask(
        self, question: str, knowledge_base: str, output_schema: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The answer to a question; that no model wrote what the schema asks for is one too."""
        schema = None if output_schema is None else dict(output_schema)
        with _refusals():
            try:
                return self._client.ask(question, knowledge_base, output_schema=schema)
            except ApiRefusedError as error:
                if error.code == _INVALID:
                    # What it cost stands in the ledger alone.
                    return {"status": _INVALID, "answer": "", "cost_usd": None}
                raise

    def chunks(self, document_id: str) -> list[dict[str, Any]]:
        """What was understood of a document; nothing where it is not there."""
        with _refusals():
            try:
                return list(self._client.chunks(document_id))
            except ApiRefusedError as error:
                if error.status == _NOT_FOUND:
                    return []
                raise


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ApiUnreachableError as error:
        raise RefusedError(str(error), _UNREACHABLE_S) from error
    except ApiRefusedError as error:
        wait_s = error.retry_after_s
        if wait_s is None and error.status in _BUSY:
            wait_s = _BUSY_S
        raise RefusedError(f"{error} ({error.code}, {error.status})", wait_s) from error
