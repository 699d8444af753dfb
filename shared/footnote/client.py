"""A client of Footnote's HTTP API, for the command line and for `footnote up` itself."""

import json
import mimetypes
import os
from collections.abc import Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import urllib3

# Above the 29 s that the API itself takes at most.
TIMEOUT_S = 35.0
_PAGE = 500

type Reply = dict[str, Any]


class ApiUnreachableError(Exception):
    """Nothing answers at the API's address."""


class ApiRefusedError(Exception):
    """The API answered with an error; `code` is the contract's.

    `retry_after_s` is what a 429 or 503 says of when the same call may succeed.
    """

    def __init__(
        self, status: int, code: str, message: str, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s


class Http(Protocol):
    """Sends a request, as `urllib3.PoolManager` does."""

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        preload_content: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        """The reply, whatever its status."""
        ...


class ApiClient:
    """Speaks to one API; safe to share between threads.

    Where the environment has a `FOOTNOTE_API_KEY`, that is sent with every call.
    """

    def __init__(self, url: str, http: Http | None = None) -> None:
        """`http` is what sends the requests, where the network does not."""
        # Files that were written on Windows leave the end of their lines in variables.
        key = os.environ.get("FOOTNOTE_API_KEY", "").strip()
        self._headers = {"Content-Type": "application/json"}
        self._headers |= {"Authorization": f"Bearer {key}"} if key else {}
        self.url = url.rstrip("/")
        self._http: Http = http or urllib3.PoolManager(
            maxsize=8, retries=False, timeout=urllib3.Timeout(connect=3, read=TIMEOUT_S)
        )

    def health(self) -> Reply:
        """What `/healthz` says."""
        return self._call("GET", "/healthz")

    def knowledge_bases(self) -> list[str]:
        """Those that the key is for."""
        return [one["id"] for one in self._call("GET", "/v1/models")["data"]]

    def recall(self, knowledge_base: str) -> Reply:
        """What checks of live searches came to."""
        return self._call("GET", f"/v1/recall?{urlencode({'knowledge_base': knowledge_base})}")

    def unanswered(self, knowledge_base: str, *, state: str = "") -> Iterator[Reply]:
        """Clusters of questions that were not answered, or those of one state, page by page."""
        query = {"knowledge_base": knowledge_base} | ({"state": state} if state else {})
        return self._pages("/v1/questions/unanswered", query, "clusters")

    def set_cluster_state(self, knowledge_base: str, cluster_id: str, state: str) -> Reply:
        """Dismiss a cluster, or open it again."""
        body = {"knowledge_base": knowledge_base, "state": state}
        return self._call("POST", f"/v1/questions/unanswered/{quote(cluster_id)}", body)

    def usage(self, query: Mapping[str, str]) -> Reply:
        """What the ledger came to; the query's fields are those of `GET /v1/usage`."""
        return self._call("GET", f"/v1/usage?{urlencode(query)}")

    def golden(self, knowledge_base: str) -> list[Reply]:
        """The golden questions of a knowledge base."""
        query = urlencode({"knowledge_base": knowledge_base})
        return list(self._call("GET", f"/v1/golden?{query}")["golden"])

    def add_golden(self, knowledge_base: str, question: str, expected: str | None) -> Reply:
        """Keep a golden question."""
        body = {"knowledge_base": knowledge_base, "question": question, "expected": expected}
        return self._call("POST", "/v1/golden", body)

    def run_golden(self, knowledge_base: str, golden_id: str, *, force: bool = False) -> Reply:
        """Ask a golden question where its passages changed."""
        body = {"knowledge_base": knowledge_base, "force": force}
        return self._call("POST", f"/v1/golden/{quote(golden_id)}/run", body)

    def accept_golden(self, knowledge_base: str, golden_id: str) -> Reply:
        """Take the last answer for the baseline."""
        body = {"knowledge_base": knowledge_base}
        return self._call("POST", f"/v1/golden/{quote(golden_id)}/accept", body)

    def remove_golden(self, knowledge_base: str, golden_id: str) -> Reply:
        """Remove a golden question."""
        query = urlencode({"knowledge_base": knowledge_base})
        return self._call("DELETE", f"/v1/golden/{quote(golden_id)}?{query}")

    def settings(self, knowledge_base: str) -> Reply:
        """How a knowledge base wants to be answered."""
        return self._call("GET", f"/v1/knowledge-bases/{quote(knowledge_base)}/settings")

    def put_settings(self, knowledge_base: str, settings: Reply) -> Reply:
        """Replace all of its settings."""
        return self._call("PUT", f"/v1/knowledge-bases/{quote(knowledge_base)}/settings", settings)

    def ask(
        self,
        question: str,
        knowledge_base: str,
        wanted: Reply | None = None,
        output_schema: Reply | None = None,
        conversation_id: str | None = None,
    ) -> Reply:
        """The answer to a question, from documents that pass the filter `wanted`."""
        body = {"question": question, "knowledge_base": knowledge_base, "filter": wanted}
        schema = {} if output_schema is None else {"output_schema": output_schema}
        return self._call("POST", "/v1/ask", body | schema | _going_on(conversation_id))

    def ask_stream(
        self,
        question: str,
        knowledge_base: str,
        wanted: Reply | None = None,
        conversation_id: str | None = None,
    ) -> Iterator[tuple[str, Reply]]:
        """The events of the answer while it is being written, by name; the last is `done`."""
        body = {"question": question, "knowledge_base": knowledge_base, "filter": wanted}
        body |= _going_on(conversation_id)
        content = json.dumps(body).encode()
        reply = self._send("POST", f"{self.url}/v1/ask/stream", content, self._headers, whole=False)
        if reply.status >= 300:
            raise _refusal(reply)
        yield from _events(reply)

    def forget_conversation(self, conversation_id: str) -> Reply:
        """Have a conversation forgotten; returns how many questions are gone."""
        return self._call("DELETE", f"/v1/conversations/{quote(conversation_id, safe='')}")

    def search(
        self, question: str, knowledge_base: str, top_k: int, wanted: Reply | None = None
    ) -> Reply:
        """The passages for a question, from documents that pass the filter `wanted`."""
        body = {"question": question, "knowledge_base": knowledge_base, "filter": wanted}
        return self._call("POST", "/v1/search", body | {"top_k": top_k})

    def document_counts(self, knowledge_base: str) -> dict[str, int]:
        """How many documents of a knowledge base there are of each status."""
        query = urlencode({"knowledge_base": knowledge_base, "limit": 1})
        return dict(self._call("GET", f"/v1/documents?{query}")["counts"])

    def documents(self, knowledge_base: str, *, status: str = "") -> Iterator[Reply]:
        """Every document of a knowledge base, or those of one status, page by page."""
        query = {"knowledge_base": knowledge_base} | ({"status": status} if status else {})
        return self._pages("/v1/documents", query, "documents")

    def document(self, document_id: str) -> Reply:
        """One document with its history, newest first."""
        return self._call("GET", f"/v1/documents/{document_id}")

    def chunks(self, document_id: str) -> Iterator[Reply]:
        """What was understood of a document, in order, page by page."""
        return self._pages(f"/v1/documents/{document_id}/chunks", {"limit": _PAGE}, "chunks")

    def upload(self, knowledge_base: str, name: str, content: bytes) -> Reply:
        """Put a document into the bucket through a presigned URL; returns its id and key."""
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        body = {"knowledge_base": knowledge_base, "name": name, "content_type": content_type}
        ticket = self._call("POST", "/v1/documents", body)
        upload = ticket["upload"]
        reply = self._send(upload["method"], upload["url"], content, upload.get("headers") or {})
        if reply.status >= 300:
            message = f"the bucket refused {name} with status {reply.status}"
            raise ApiRefusedError(reply.status, "upload_refused", message)
        return ticket | {"version_id": reply.headers.get("x-amz-version-id")}

    def delete(self, document_id: str) -> Reply:
        """Delete a document's object, and with it its knowledge."""
        return self._call("DELETE", f"/v1/documents/{document_id}")

    def retry(self, document_id: str) -> Reply:
        """Have a document read once more; returns it as it stands before that."""
        return self._call("POST", f"/v1/documents/{document_id}/retry")

    def _pages(self, path: str, query: Mapping[str, object], name: str) -> Iterator[Reply]:
        """What stands under a name on every page, each asked for when it is come to."""
        cursor: str | None = ""
        while cursor is not None:
            page = {**query} | ({"cursor": cursor} if cursor else {})
            reply = self._call("GET", f"{path}?{urlencode(page)}")
            yield from reply[name]
            cursor = reply.get("next_cursor") or None

    def _call(self, method: str, path: str, body: Reply | None = None) -> Reply:
        content = None if body is None else json.dumps(body).encode()
        reply = self._send(method, self.url + path, content, self._headers)
        if reply.status >= 300:  # where else a key may be sent is not the reply's to say
            raise _refusal(reply)
        try:
            return dict(reply.json())
        except (ValueError, TypeError):
            message = f"what answers at {self.url} is not Footnote's API"
            raise ApiUnreachableError(message) from None

    def _send(
        self,
        method: str,
        url: str,
        content: bytes | None,
        headers: Mapping[str, str],
        *,
        whole: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._http.request(
                method, url, body=content, headers=headers, preload_content=whole
            )
        except urllib3.exceptions.HTTPError as error:
            raise ApiUnreachableError(f"nothing answers at {url.partition('?')[0]}") from error
        except ValueError:  # which repeats the header, and with it the key
            message = "the key holds signs that no key has; copy it once more"
            raise ApiRefusedError(401, "unauthorized", message) from None


def _going_on(conversation_id: str | None) -> Reply:
    return {} if conversation_id is None else {"conversation_id": conversation_id}


def _events(reply: urllib3.BaseHTTPResponse) -> Iterator[tuple[str, Reply]]:
    """The server-sent events of a reply; the contract's have a name and one line of JSON."""
    name = ""
    try:
        for line in reply:
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data" and name == "error":
                error = json.loads(value)["error"]
                raise ApiRefusedError(reply.status, error["code"], error["message"])
            elif field == "data":
                yield name, json.loads(value)
    except (urllib3.exceptions.HTTPError, ValueError, KeyError) as error:
        raise ApiUnreachableError("the answer broke off") from error
    finally:
        reply.close()
    if name != "done":
        raise ApiUnreachableError("the answer broke off")


def _refusal(reply: urllib3.BaseHTTPResponse) -> ApiRefusedError:
    try:
        error = reply.json()["error"]
        wait_s = _retry_after_s(reply)
        return ApiRefusedError(reply.status, error["code"], error["message"], wait_s)
    except (ValueError, KeyError, TypeError):
        return ApiRefusedError(reply.status, "unknown", f"the API answered {reply.status}")


def _retry_after_s(reply: urllib3.BaseHTTPResponse) -> float | None:
    """The header's seconds; a date, which the API never sends, does not count."""
    told = reply.headers.get("Retry-After", "")
    return float(told) if told.isdecimal() else None
