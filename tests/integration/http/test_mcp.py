"""The official `mcp` client works with the tools, in both eras of the protocol."""

import json
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import anyio
import httpx2
import pytest
from jsonschema import Draft202012Validator
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, Tool

from footnote.access.door import Door
from footnote.domain.access import KeyKind, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId, document_id_of
from footnote.http.mcp.reading import MOST_CHUNKS
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from tests.integration.http.test_api import BACKUPS, Api, api, uploads  # noqa: F401
from tests.integration.postgres.test_passages import publish
from tests.serving import served

pytestmark = pytest.mark.integration
QUESTION = "How long are backups kept?"
ERAS = ("legacy", "auto")
type Post = Callable[..., httpx2.Response]
type Work[T] = Callable[[Client], Awaitable[T]]


class Server:
    """The API with keys, as MCP clients see it."""

    def __init__(self, address: str, keys: PostgresAccessKeys) -> None:
        self.address = address
        self._keys = keys

    def key(self, *kbs: str, kind: KeyKind = KeyKind.SECRET, per_minute: int | None = None) -> str:
        named = tuple(map(KnowledgeBaseId, kbs))
        limits = Limits(requests_per_minute=per_minute)
        return self._keys.add(NewKey(kind=kind, name="n", knowledge_bases=named, limits=limits))

    def use[T](self, work: Work[T], *, key: str, path: str = "/mcp", mode: str = "auto") -> T:
        async def all_of_it() -> T:
            headers = {"Authorization": f"Bearer {key}"}
            async with httpx2.AsyncClient(headers=headers) as http:
                streams = streamable_http_client(f"{self.address}{path}", http_client=http)
                async with Client(streams, mode=mode) as client:
                    return await work(client)

        # Not in this thread: the browser of other tests may have an event loop of its own in it.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(anyio.run, all_of_it).result()

    def call(self, tool: str, arguments: dict[str, Any], **how: Any) -> CallToolResult:
        async def work(client: Client) -> CallToolResult:
            return await client.call_tool(tool, arguments)

        return self.use(work, **how)


@pytest.fixture
def server(api: Api, database: Database) -> Iterator[Server]:
    publish(database, "a.md", [BACKUPS, "Invoices are sent on the first day of each month."])
    publish(database, "b.md", ["Salaries are paid on the last day."], kb="hr")
    keys = PostgresAccessKeys(database)
    ask = replace(api.ports.ask, ledger=PostgresLedger(database))
    with served(replace(api.ports, door=Door(keys), ask=ask)) as address:
        yield Server(address, keys)


@pytest.mark.parametrize("mode", ERAS)
def test_a_client_connects_lists_and_calls_the_tools(server: Server, mode: str) -> None:
    async def work(client: Client) -> tuple[str, set[str], CallToolResult]:
        tools = (await client.list_tools()).tools
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
        version = client.protocol_version
        return version, {tool.name for tool in tools}, await client.call_tool("search", FOUND)

    FOUND = {"query": QUESTION, "top_k": 1}
    version, names, called = server.use(work, key=server.key("help"), mode=mode)
    assert version == {"legacy": "2025-11-25", "auto": "2026-07-28"}[mode]
    assert names == {"search", "fetch", "ask"}
    (found,) = called.structured_content["results"]
    assert (found["title"], found["text"]) == ("a.md", BACKUPS)
    assert found["url"].startswith("urn:footnote:help.")
    assert json.loads(called.content[0].text) == called.structured_content  # type: ignore[union-attr]


def test_a_document_is_read_by_the_id_of_what_was_found(server: Server) -> None:
    key = server.key("help")
    (found,) = server.call("search", {"query": QUESTION, "top_k": 1}, key=key).structured_content[
        "results"
    ]
    read = server.call("fetch", {"id": found["id"]}, key=key).structured_content
    assert (read["id"], read["title"], read["url"]) == (found["id"], "a.md", found["url"])
    assert read["text"] == f"{BACKUPS}\n\nInvoices are sent on the first day of each month."
    assert read["metadata"]["key"] == "help/a.md"


def test_a_long_document_is_read_part_by_part(server: Server, database: Database) -> None:
    texts = [f"Paragraph number {number}." for number in range(2 * MOST_CHUNKS + 1)]
    publish(database, "long.md", texts)
    key, wanted, parts = server.key("help"), document_id_of("help/long.md"), []
    while wanted:
        read = server.call("fetch", {"id": wanted}, key=key).structured_content
        parts.append(read["text"])
        wanted = read["metadata"].get("next")
    assert "\n\n".join(parts) == "\n\n".join(texts)
    assert len(parts) == 3
    passage = f"{document_id_of('help/long.md')}#{MOST_CHUNKS + 5}"
    from_there = server.call("fetch", {"id": passage}, key=key).structured_content["text"]
    assert from_there.startswith(f"Paragraph number {MOST_CHUNKS + 5}.")


def test_documents_of_other_knowledge_bases_are_not_there(server: Server) -> None:
    key = server.key("help")
    foreign = document_id_of("hr/b.md")
    for wanted in (foreign, f"{foreign}#0", document_id_of("help/none.md"), "../hr/b.md", ""):
        refused = server.call("fetch", {"id": wanted}, key=key)
        assert refused.is_error
        assert "there is no document" in refused.content[0].text  # type: ignore[union-attr]
    assert not server.call("fetch", {"id": foreign}, key=server.key()).is_error
    narrowed = server.call("fetch", {"id": foreign}, key=server.key(), path="/mcp/help")
    assert narrowed.is_error


@pytest.mark.parametrize("mode", ERAS)
def test_an_answer_names_its_quotes_and_is_in_the_ledger(
    server: Server, database: Database, mode: str
) -> None:
    key = server.key("help")
    told = server.call("ask", {"question": QUESTION}, key=key, mode=mode).structured_content
    assert (told["status"], told["answer"]) == ("answered", f"{BACKUPS} [1]")
    (cited,) = told["citations"]
    assert (cited["marker"], cited["quote"]) == (1, BACKUPS)
    assert not server.call("fetch", {"id": cited["id"]}, key=key).is_error
    with database.transaction() as connection:
        rows = connection.execute("select question_id, key_id from question").fetchall()
    assert [(str(row["question_id"]), row["key_id"]) for row in rows] == [
        (told["question_id"], key[:13])
    ]
    declined = server.call("ask", {"question": "Who won the olympiad?"}, key=key)
    assert declined.structured_content["status"] == "declined"


def test_a_publishable_key_searches_and_asks_and_reads_no_documents(server: Server) -> None:
    async def names(client: Client) -> set[str]:
        return {tool.name for tool in (await client.list_tools()).tools}

    key = server.key("help", kind=KeyKind.PUBLISHABLE)
    assert server.use(names, key=key) == {"search", "ask"}
    assert not server.call("search", {"query": QUESTION}, key=key).is_error
    refused = server.call("fetch", {"id": document_id_of("help/a.md")}, key=key)
    assert "takes a secret key" in refused.content[0].text  # type: ignore[union-attr]


def test_schemas_are_plain_enough_for_any_model(server: Server) -> None:
    async def tools(client: Client) -> list[Tool]:
        return (await client.list_tools()).tools

    for tool in server.use(tools, key=server.key()):
        for schema in (tool.input_schema, tool.output_schema or {}):
            Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        assert "$ref" not in json.dumps(tool.input_schema)
        assert "anyOf" not in json.dumps(tool.input_schema)


def test_which_knowledge_base_is_meant_the_tools_say(server: Server) -> None:
    async def choices(client: Client) -> Any:
        tool = (await client.list_tools()).tools[0]
        return tool.input_schema["properties"].get("knowledge_base"), tool.input_schema["required"]

    both, every = server.key("help", "hr"), server.key()
    assert server.use(choices, key=server.key("help")) == (None, ["query"])
    assert server.use(choices, key=every, path="/mcp/help") == (None, ["query"])
    asked, required = server.use(choices, key=both)
    assert (asked["enum"], required) == (["help", "hr"], ["query", "knowledge_base"])
    unnamed = server.call("search", {"query": QUESTION}, key=both)
    assert "one of: help, hr" in unnamed.content[0].text  # type: ignore[union-attr]
    named = server.call("search", {"query": "salaries", "knowledge_base": "hr"}, key=both)
    assert named.structured_content["results"][0]["title"] == "b.md"
    foreign = server.call("search", {"query": "a", "knowledge_base": "hr"}, key=server.key("help"))
    assert foreign.is_error


@pytest.mark.parametrize("mode", ERAS)
def test_who_may_not_come_in_is_told_why(server: Server, mode: str) -> None:
    for key, path, why in (
        ("sk_ABCDEFGHIJ_" + "k" * 32, "/mcp", "not valid"),
        (server.key("help"), "/mcp/hr", "not for the knowledge base hr"),
        (server.key("help", per_minute=1), "/mcp", "too many requests"),
    ):
        with refused(why):
            server.call("search", {"query": QUESTION}, key=key, path=path, mode=mode)


def test_what_a_tool_cannot_do_is_said_in_words(server: Server) -> None:
    key = server.key("help")
    for tool, arguments, why in (
        ("search", {}, "query: Field required"),
        ("search", {"query": " "}, "at least 1 character"),
        ("search", {"query": "a", "top_k": 1000}, "less than or equal to 50"),
        ("search", {"query": "a" * 300}, "200 characters at most"),
        ("search", {"query": "a", "filter": {"near": {}}}, "filter.near"),
        ("ask", {"question": QUESTION, "speed": 9}, "speed: Extra inputs"),
    ):
        told = server.call(tool, arguments, key=key)
        assert told.is_error, tool
        assert why in told.content[0].text  # type: ignore[union-attr]
    with refused("no tool delete"):
        server.call("delete", {}, key=key)


def refused(why: str) -> pytest.RaisesGroup[MCPError]:
    """An error of the protocol, out of the tasks of the client."""
    return pytest.RaisesGroup(pytest.RaisesExc(MCPError, match=why), flatten_subgroups=True)


@pytest.fixture
def post(server: Server) -> Iterator[Post]:
    """Sends anything as a message, without the client's help."""
    told = {"Content-Type": "application/json", "Authorization": f"Bearer {server.key()}"}
    with httpx2.Client(headers=told) as http:

        def send(body: Any, **headers: str) -> httpx2.Response:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            return http.post(f"{server.address}/mcp", content=content, headers=headers)

        yield send


def test_without_keys_only_pages_of_this_machine_come_in(api: Api) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    with served(api.ports) as address:
        for origin, status in (
            ("http://localhost:6274", 200),
            ("http://[::1]:1", 200),
            ("https://evil.example", 403),
            ("http://localhost.evil.example", 403),
            ("null", 403),
        ):
            reply = httpx2.post(f"{address}/mcp", json=ping, headers={"Origin": origin})
            assert reply.status_code == status, origin
        assert httpx2.post(f"{address}/mcp", json=ping).json()["result"] == {}
        form = httpx2.post(f"{address}/mcp", data={"a": "b"})
        assert (form.status_code, form.json()["error"]["code"]) == (400, -32600)
        for method in ("GET", "DELETE"):
            other = httpx2.request(method, f"{address}/mcp/help")
            assert (other.status_code, other.headers["Allow"]) == (405, "POST")


def test_old_and_unknown_versions_are_answered_as_they_are_to_be(post: Post) -> None:
    def begin(version: str) -> str:
        params = {
            "protocolVersion": version,
            "capabilities": {},
            "clientInfo": {"name": "n", "version": "1"},
        }
        asked = {"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": params}
        return str(post(asked).json()["result"]["protocolVersion"])

    assert [begin(one) for one in ("2024-11-05", "2025-06-18", "1999-01-01")] == [
        "2024-11-05",
        "2025-06-18",
        "2025-11-25",
    ]
    told = post({"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (told.status_code, told.text) == (202, "")
    ping = {"jsonrpc": "2.0", "id": 7, "method": "ping"}
    unknown = post(ping, **{"MCP-Protocol-Version": "1999-01-01"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (400, -32022)
    disguised = post(ping, **{"MCP-Protocol-Version": "2026-07-28"})
    assert (disguised.status_code, disguised.json()["error"]["code"]) == (400, -32602)


def test_what_is_no_message_is_refused_as_json_rpc_wants_it(post: Post) -> None:
    replies = [(body, post(body, **headers)) for body, headers in garbage()]
    assert len(replies) >= 300
    for body, reply in replies:
        assert reply.status_code in {200, 202, 400, 404}, body
        if reply.status_code != 202:
            told = reply.json()
            assert told["jsonrpc"] == "2.0"
            assert ("result" in told) != ("error" in told), body
    assert not [body for body, reply in replies if "-32603" in reply.text]


def garbage() -> Iterator[tuple[Any, dict[str, str]]]:
    """Bodies that are nearly messages, in every version."""
    odd: tuple[Any, ...] = (
        None,
        True,
        0,
        -1,
        1e308,
        "",
        "a",
        "\ud800",
        "\0",
        [],
        [[]],
        {},
        {"a": 1},
    )
    versions: tuple[dict[str, str], ...] = (
        {},
        {"MCP-Protocol-Version": "2025-06-18"},
        {"MCP-Protocol-Version": "2026-07-28"},
    )
    whole = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"query": QUESTION}},
    }
    for headers in versions:
        for member in whole:
            yield {name: value for name, value in whole.items() if name != member}, headers
            yield from ((whole | {member: value}, headers) for value in odd)
        for value in odd:
            yield value, headers
            yield whole | {"params": {"name": value, "arguments": {"query": "a"}}}, headers
            yield whole | {"params": {"name": "search", "arguments": value}}, headers
            yield whole | {"params": {"name": "fetch", "arguments": {"id": value}}}, headers
        for text in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 10_000, b'{"id": NaN}', b"1 2"):
            yield text, headers
        yield [whole, whole], headers
        yield whole | {"id": 10**400}, headers
        for method in (
            "initialize",
            "prompts/list",
            "server/discover",
            "logging/setLevel",
            "x" * 999,
        ):
            yield whole | {"method": method}, headers
