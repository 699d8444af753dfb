"""The canary: a document of its own goes in, is asked about and goes out; how long each took."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from footnote.client import ApiRefusedError
from footnote.observability import CANARY_FAILED, DELETE_TO_GONE, PUT_TO_ANSWERABLE, measure

KNOWLEDGE_BASE = "canary"
# Always the same one: what a run leaves behind that was cut off, the next one replaces.
NAME = "canary.md"
_POLL_S = 0.1

type Reply = dict[str, Any]


class Api(Protocol):
    """What the canary does over the API, as `ApiClient` does it."""

    def upload(self, knowledge_base: str, name: str, content: bytes) -> Reply:
        """Put a document into the bucket; returns its `document_id` and `version_id`."""
        ...

    def document(self, document_id: str) -> Reply:
        """Where a document stands."""
        ...

    def ask(self, question: str, knowledge_base: str) -> Reply:
        """The answer to a question."""
        ...

    def search(self, question: str, knowledge_base: str, top_k: int) -> Reply:
        """The passages for a question."""
        ...

    def delete(self, document_id: str) -> Reply:
        """Delete a document."""
        ...


class CanaryError(Exception):
    """A run did not end well; says at which step, and what was found instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """How a run went, in milliseconds."""

    put_to_answerable_ms: float
    delete_to_gone_ms: float


def fly(api: Api, *, patience_s: float = 120) -> Flight:
    """Upload, await, ask, delete, and await that too, each within `patience_s`.

    Raises:
        CanaryError: a step took too long, or its outcome was wrong.
        ApiRefusedError, ApiUnreachableError: the API did not do what it was asked for.
    """
    word = secrets.token_hex(6)
    question = f"Which word does the canary sing in flight {word}?"
    text = f"# Flights of the canary\n\nIn flight {word} the canary sings the word kiwi{word}.\n"
    began = time.perf_counter()
    put = api.upload(KNOWLEDGE_BASE, NAME, text.encode())
    document = str(put["document_id"])

    def is_ready() -> bool:
        found = _state(api, document)
        version, status = found["version_id"], found["status"]
        return bool(version == put["version_id"] and status == "ready")

    _until(is_ready, "the upload is not answerable", patience_s)
    answerable = time.perf_counter()
    _check(api.ask(question, KNOWLEDGE_BASE), document, f"kiwi{word}")
    deleted = time.perf_counter()
    api.delete(document)

    def is_gone() -> bool:
        passages = api.search(question, KNOWLEDGE_BASE, 3)["passages"]
        return all(passage["document_id"] != document for passage in passages)

    _until(is_gone, "the deleted document is still found", patience_s)
    return Flight(
        put_to_answerable_ms=(answerable - began) * 1e3,
        delete_to_gone_ms=(time.perf_counter() - deleted) * 1e3,
    )


def measured_flight(api: Api, *, patience_s: float = 120) -> Flight:
    """The same, with metrics of how it went; one that failed is counted and raised."""
    failed = 1
    try:
        flight = fly(api, patience_s=patience_s)
        failed = 0
    finally:
        measure({CANARY_FAILED: failed})
    measure(
        {
            PUT_TO_ANSWERABLE: flight.put_to_answerable_ms,
            DELETE_TO_GONE: flight.delete_to_gone_ms,
        }
    )
    return flight


def _state(api: Api, document: str) -> Reply:
    try:
        return api.document(document)
    except ApiRefusedError as error:
        if error.status != 404:
            raise
        return {"version_id": None, "status": "unknown"}  # nobody has told of it yet


def _until(wanted: Callable[[], bool], otherwise: str, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while not wanted():
        if time.monotonic() > until:
            raise CanaryError(f"{otherwise} after {patience_s:.0f} seconds")
        time.sleep(_POLL_S)


def _check(reply: Reply, document: str, word: str) -> None:
    quotes = [one["quote"] for one in reply["citations"] if one["document_id"] == document]
    if not any(word in quote for quote in quotes):
        status = reply["status"]
        raise CanaryError(
            f"the reply ({status}) does not quote {word!r} from the canary's document"
        )
