"""boto3's own client of Bedrock's agent runtime asks a knowledge base, by another endpoint."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import httpx2
import pytest
from botocore.config import Config

from footnote.access.door import Door
from footnote.domain.access import KeyKind, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import DatabaseUnavailableError, ModelRefusedError
from footnote.http.api import build_api
from footnote.http.ports import ApiPorts
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from tests.integration.http.test_api import BACKUPS, EVENT, Api, api, uploads  # noqa: F401
from tests.integration.postgres.test_passages import publish
from tests.serving import served
from tests.wsgi import Context

pytestmark = pytest.mark.integration
QUESTION = "How long are backups kept?"
INVOICES = "Invoices are sent on the first day of each month."


class Bedrock:
    """The API with keys, and clients of it."""

    def __init__(self, address: str, keys: PostgresAccessKeys) -> None:
        self.address = f"{address}/bedrock"
        self._keys = keys

    def key(self, *kbs: str, kind: KeyKind = KeyKind.SECRET, **limits: int) -> str:
        named = tuple(map(KnowledgeBaseId, kbs))
        new = NewKey(kind=kind, name="n", knowledge_bases=named, limits=Limits(**limits))  # type: ignore[arg-type]
        return self._keys.add(new)

    def client(self, key: str, **config: Any) -> Any:
        """With the key as access key id, in the usual signature."""
        return boto3.Session().client(
            "bedrock-agent-runtime",
            endpoint_url=self.address,
            region_name="eu-central-1",
            aws_access_key_id=key,
            aws_secret_access_key="unused",
            config=Config(retries={"max_attempts": 0}, **config),
        )


@pytest.fixture
def bedrock(api: Api, database: Database) -> Iterator[Bedrock]:
    about = {"product": "vault", "year": 2026, "tags": ["eu", "us"], "owner": "ops"}
    publish(database, "a.md", [BACKUPS, INVOICES], attributes=about)
    publish(database, "c.md", ["Backups are encrypted."], attributes={"product": "vaults"})
    publish(database, "b.md", ["Salaries are paid on the last day."], kb="hr")
    keys = PostgresAccessKeys(database)
    ask = replace(api.ports.ask, ledger=PostgresLedger(database))
    with served(replace(api.ports, door=Door(keys), ask=ask)) as address:
        yield Bedrock(address, keys)


def retrieve(client: Any, text: str = QUESTION, kb: str = "footnote:help", **search: Any) -> Any:
    return client.retrieve(
        knowledgeBaseId=kb,
        retrievalQuery={"text": text},
        retrievalConfiguration={"vectorSearchConfiguration": search},
    )


def generate(client: Any, text: str = QUESTION, kb: str = "help", **more: Any) -> Any:
    of_base = {"knowledgeBaseId": kb, "modelArn": "arn:aws:bedrock:eu-central-1::any"}
    return client.retrieve_and_generate(
        input={"text": text},
        retrieveAndGenerateConfiguration={
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": of_base | more.pop("of_base", {}),
        },
        **more,
    )


def keys_of(reply: Any) -> set[str]:
    results = reply["retrievalResults"]
    return {one["location"]["s3Location"]["uri"].rpartition("/")[2] for one in results}


def test_passages_come_with_their_place_score_and_metadata(bedrock: Bedrock) -> None:
    client = bedrock.client(bedrock.key("help"))
    found = retrieve(client, numberOfResults=1)
    (passage,) = found["retrievalResults"]
    assert passage["content"] == {"type": "TEXT", "text": BACKUPS}
    uri = "s3://documents/help/a.md"
    assert passage["location"] == {"type": "S3", "s3Location": {"uri": uri}}
    assert 0 < passage["score"] <= 1
    told = passage["metadata"]
    assert (told["product"], told["year"], told["tags"]) == ("vault", 2026, ["eu", "us"])
    assert (told["title"], told["x-amz-bedrock-kb-source-uri"]) == ("a.md", uri)
    assert told["x-amz-bedrock-kb-document-page-number"] == 1


def test_pages_follow_on_one_another_to_the_end(bedrock: Bedrock) -> None:
    client = bedrock.client(bedrock.key("help"))
    pages = client.get_paginator("retrieve").paginate(
        knowledgeBaseId="footnote:help",
        retrievalQuery={"text": QUESTION},
        retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": 1}},
    )
    texts = [one["content"]["text"] for page in pages for one in page["retrievalResults"]]
    assert sorted(texts) == sorted([BACKUPS, INVOICES, "Backups are encrypted."])


def test_an_answer_names_the_part_that_each_source_bears_out(
    bedrock: Bedrock, database: Database
) -> None:
    key = bedrock.key("help")
    client = bedrock.client(key)
    told = generate(client)
    text = told["output"]["text"]
    assert text == BACKUPS
    (citation,) = told["citations"]
    part = citation["generatedResponsePart"]["textResponsePart"]
    assert text[part["span"]["start"] : part["span"]["end"]] == part["text"] == BACKUPS
    (source,) = citation["retrievedReferences"]
    assert source["content"]["text"] == BACKUPS
    assert source["location"]["s3Location"]["uri"] == "s3://documents/help/a.md"
    again = generate(client, "And invoices?", sessionId=told["sessionId"])
    assert again["sessionId"]
    with database.transaction() as connection:
        rows = connection.execute("select key_id from question").fetchall()
    assert [row["key_id"] for row in rows] == [key[:13]] * 2
    declined = generate(client, "Who won the olympiad?")
    assert (declined["output"]["text"], declined["citations"]) == ("The documents do not say.", [])


def test_filters_of_bedrock_pass_the_documents_that_they_do_there(bedrock: Bedrock) -> None:
    client = bedrock.client(bedrock.key("help"))

    def passing(**condition: Any) -> set[str]:
        return keys_of(retrieve(client, filter=condition))

    def on(key: str, value: Any) -> dict[str, Any]:
        return {"key": key, "value": value}

    assert passing(equals=on("product", "vault")) == {"a.md"}
    assert passing(equals=on("year", 2026)) == {"a.md"}
    assert passing(notEquals=on("product", "vault")) == {"c.md"}
    assert passing(notEquals=on("year", 1)) == {"a.md"}
    assert passing(notIn=on("year", [2026, 1])) == set()
    assert passing(**{"in": on("product", ["vaults", "x"])}) == {"c.md"}
    assert passing(greaterThan=on("year", 2025)) == {"a.md"}
    assert passing(greaterThanOrEquals=on("year", 2026.5)) == set()
    assert passing(lessThan=on("year", 2026)) == set()
    assert passing(lessThanOrEquals=on("year", 2026)) == {"a.md"}
    assert passing(listContains=on("tags", "us")) == {"a.md"}
    assert passing(startsWith=on("product", "vault")) == {"a.md", "c.md"}
    assert passing(startsWith=on("product", "vaults")) == {"c.md"}
    both = [{"equals": on("product", "vault")}, {"equals": on("owner", "ops")}]
    assert passing(andAll=both) == {"a.md"}
    assert passing(orAll=[both[0], {"equals": on("product", "vaults")}]) == {"a.md", "c.md"}


def test_what_is_not_done_is_refused_with_what_to_do_instead(bedrock: Bedrock) -> None:
    client = bedrock.client(bedrock.key("help"))
    invalid = client.exceptions.ValidationException
    guardrail = {"guardrailId": "g", "guardrailVersion": "1"}
    for why, of_base in (
        ("guardrails", {"generationConfiguration": {"guardrailConfiguration": guardrail}}),
        (
            "persona and answer_format",
            {"generationConfiguration": {"promptTemplate": {"textPromptTemplate": "$search$"}}},
        ),
    ):
        with pytest.raises(invalid, match=why):
            generate(client, of_base=of_base)
    with pytest.raises(invalid, match="not checked by user"):
        generate(client, userContext={"userId": "u"})
    raw = bedrock.client(bedrock.key("help"), parameter_validation=False)
    for why, condition in (
        ("stringContains is not supported", {"stringContains": {"key": "a", "value": "b"}}),
        ("startsWith takes a text", {"startsWith": {"key": "a", "value": 1}}),
        ("filter.in.values", {"in": {"key": "a", "value": "b"}}),
        ("exactly one of", {}),
    ):
        with pytest.raises(raw.exceptions.ValidationException, match=why):
            retrieve(raw, filter=condition)
    with pytest.raises(invalid, match="nextToken is not one"):
        client.retrieve(
            knowledgeBaseId="footnote:help", retrievalQuery={"text": "a"}, nextToken="eHh4"
        )
    with pytest.raises(invalid, match="characters at most"):
        generate(client, "a" * 300)
    with pytest.raises(invalid, match="not streamed"):
        client.retrieve_and_generate_stream(input={"text": QUESTION})
    tuned = {"inferenceConfig": {"textInferenceConfig": {"temperature": 0.5}}}
    assert generate(client, of_base={"generationConfiguration": tuned})["output"]["text"]


def test_refusals_are_the_exceptions_that_the_client_knows(bedrock: Bedrock) -> None:
    stranger = bedrock.client("sk_ABCDEFGHIJ_" + "k" * 32)
    with pytest.raises(stranger.exceptions.AccessDeniedException, match="not valid"):
        retrieve(stranger)
    client = bedrock.client(bedrock.key("help"))
    with pytest.raises(client.exceptions.AccessDeniedException, match="knowledge base hr"):
        generate(client, kb="hr")
    everywhere = bedrock.client(bedrock.key())
    with pytest.raises(everywhere.exceptions.ResourceNotFoundException, match="base none"):
        retrieve(everywhere, kb="footnote:none")
    hasty = bedrock.client(bedrock.key("help", requests_per_minute=1))
    retrieve(hasty)
    with pytest.raises(hasty.exceptions.ThrottlingException, match="too many requests") as slow:
        retrieve(hasty)
    assert int(slow.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"]) > 0
    assert slow.value.response["ResponseMetadata"]["RequestId"]


def test_a_key_comes_as_a_bearers_token_as_well(
    bedrock: Bedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", bedrock.key("help"))
    client: Any = boto3.Session().client(
        "bedrock-agent-runtime",
        endpoint_url=bedrock.address,
        region_name="eu-central-1",
        config=Config(signature_version="bearer"),
    )
    assert keys_of(retrieve(client)) == {"a.md", "c.md"}


def test_a_publishable_key_finds_and_asks_without_what_sidecars_say_or_the_bucket(
    bedrock: Bedrock,
) -> None:
    client = bedrock.client(bedrock.key("help", kind=KeyKind.PUBLISHABLE))
    (passage,) = retrieve(client, numberOfResults=1)["retrievalResults"]
    assert not {"owner", "product", "year"} & set(passage["metadata"])
    assert passage["location"]["customDocumentLocation"]["id"].startswith("help/")
    answer = generate(client)
    assert answer["output"]["text"] == BACKUPS
    for told in (passage, answer["citations"]):
        assert "s3://" not in json.dumps(told)


def test_the_signature_of_aws_opens_no_other_route(bedrock: Bedrock) -> None:
    signed = (
        f"AWS4-HMAC-SHA256 Credential={bedrock.key()}/20261128/eu-central-1/bedrock/aws4_request"
    )
    address = bedrock.address.removesuffix("/bedrock")
    reply = httpx2.post(
        f"{address}/v1/ask", json={"question": "a"}, headers={"Authorization": signed}
    )
    assert reply.status_code == 401


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (DatabaseUnavailableError("gone"), 502, "BadGatewayException"),
        (ModelRefusedError("wrong key"), 424, "DependencyFailedException"),
        (RuntimeError("bug"), 500, "InternalServerException"),
    ],
)
def test_what_fails_inside_has_bedrocks_names(
    api: Api, error: Exception, status: int, name: str
) -> None:
    reply = ask_with(replace(api.ports, knowledge_bases=Broken(error)))  # type: ignore[arg-type]
    assert (reply["statusCode"], reply["multiValueHeaders"]["x-amzn-ErrorType"]) == (status, [name])
    told = json.loads(reply["body"])
    assert told["__type"] == name
    assert "bug" not in told["message"]


def test_bodies_that_are_nearly_right_are_refused_and_break_nothing(api: Api) -> None:
    app = build_api(api.ports)
    replies = []
    for path, body in garbage():
        text = body if isinstance(body, str) else json.dumps(body)
        event = EVENT | {"httpMethod": "POST", "path": path, "body": text}
        replies.append((body, app.resolve(event, Context())))  # type: ignore[arg-type]
    assert len(replies) >= 300
    for body, reply in replies:
        told = json.loads(reply["body"])
        # There is no such knowledge base, so none is right.
        assert reply["statusCode"] in {400, 404}, body
        assert told["__type"] in {"ValidationException", "ResourceNotFoundException"}
        assert told["message"]


def garbage() -> Iterator[tuple[str, Any]]:
    """Each member of both bodies left out, and put in the place of something else."""
    search = {"vectorSearchConfiguration": {"numberOfResults": 1, "filter": {"equals": {}}}}
    of_base = {"knowledgeBaseId": "help", "modelArn": "m", "retrievalConfiguration": search}
    asked = {"type": "KNOWLEDGE_BASE", "knowledgeBaseConfiguration": of_base}
    bodies: dict[str, Any] = {
        "/bedrock/knowledgebases/help/retrieve": {
            "retrievalQuery": {"text": "a"},
            "retrievalConfiguration": search,
            "nextToken": "MQ==",
        },
        "/bedrock/retrieveAndGenerate": {
            "input": {"text": "a"},
            "retrieveAndGenerateConfiguration": asked,
            "sessionId": "s1",
        },
    }
    odd: tuple[Any, ...] = (
        None,
        True,
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
        {"\ud800": {}},
        {"\udfff": None},
        "9" * 5000,
    )
    for path, body in bodies.items():
        for place in places(body):
            yield path, changed(body, place, None)
            for value in odd:
                yield path, changed(body, place, [value])
        yield from ((path, text) for text in ("", "{", "[" * 100_000, "9" * 10_000, "NaN", "null"))
    for name in ("", "a.b", "%2e%2e", "x" * 300, "footnote:", "\0"):
        yield f"/bedrock/knowledgebases/{name}/retrieve", {"retrievalQuery": {"text": "a"}}


def places(value: Any, *above: str) -> Iterator[tuple[str, ...]]:
    """The way to each member."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*above, name)
            yield from places(inner, *above, name)


def changed(body: Any, place: tuple[str, ...], other: list[Any] | None) -> Any:
    """A copy in which that member is another one, or is missing."""
    first, *rest = place
    if rest:
        return body | {first: changed(body[first], tuple(rest), other)}
    kept = {name: value for name, value in body.items() if name != first}
    return kept if other is None else kept | {first: other[0]}


class Broken:
    """Knowledge bases that nobody can read."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def since(self, _kb: str) -> None:
        raise self._error


def ask_with(ports: ApiPorts) -> dict[str, Any]:
    body = json.dumps({"retrievalQuery": {"text": "a"}})
    path = "/bedrock/knowledgebases/help/retrieve"
    event = EVENT | {"httpMethod": "POST", "path": path, "body": body}
    return build_api(ports).resolve(event, Context())  # type: ignore[arg-type]
