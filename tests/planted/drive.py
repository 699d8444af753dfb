"""Drives every function through every failure that there is, as a process of its own.

Whatever it writes is a log. Arguments: the database's URL, and a file for how many calls there were
and which statuses came of them.
"""

import json
import logging
import os
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.functions import context, handler_module
from tests.new_process import forget_what_was_built
from tests.planted import markers
from tests.planted.hostile_server import FORMS, hostile_server

ROOT = Path(__file__).parents[2]
ASK = {"question": markers.QUESTION, "knowledge_base": "help"}
SCHEMA = {"type": "object", "properties": {markers.QUESTION_WORD: {"type": "nonsense"}}}
CONTEXT = context("f", remaining_ms=20_000)
outcomes: Counter[str] = Counter()


def event_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "events" / name).read_text())
    return found


def call(name: str, event: Mapping[str, Any]) -> None:
    """As Lambda's runtime does it: an error that nobody caught is printed with its trace."""
    try:
        result = handler_module(name).handler(event, CONTEXT)
        body = result.get("body")
        if isinstance(body, Iterator):
            for _ in body:
                pass
        outcomes[f"{name} {result.get('statusCode', 'done')}"] += 1
    except Exception:  # noqa: BLE001 - as Lambda does
        traceback.print_exc()
        outcomes[f"{name} raised"] += 1


def http(method: str, path: str, body: Any = None, name: str = "api", **headers: str) -> None:
    sent = {"Content-Type": "application/json", "User-Agent": markers.NAME}
    sent |= {key.replace("_", "-"): value for key, value in headers.items()}
    call(
        name,
        event_of("api-ask.json")
        | {
            "httpMethod": method,
            "path": path,
            "body": body if isinstance(body, str) or body is None else json.dumps(body),
            "headers": sent,
            "multiValueHeaders": {key: [value] for key, value in sent.items()},
        },
    )


def set_up(**environment: str) -> None:
    """Start anew with these settings, as a cold start does."""
    forget_what_was_built()
    for variable in [one for one in os.environ if one.startswith("FOOTNOTE_")]:
        del os.environ[variable]
    os.environ.update({f"FOOTNOTE_{variable}": value for variable, value in environment.items()})


def with_password(url: str) -> str:
    parts = urlsplit(url)
    user, _, place = parts.netloc.rpartition("@")
    name = user.partition(":")[0] or "postgres"
    return urlunsplit(parts._replace(netloc=f"{name}:{markers.DATABASE_PASSWORD}@{place}"))


def cold_starts(server: str) -> None:
    password = markers.DATABASE_PASSWORD
    secrets = {"DATABASE_SECRET_ARN": f"arn:aws:secretsmanager:eu-central-1:1:{markers.KEY}"}
    os.environ |= {"AWS_ENDPOINT_URL_SECRETS_MANAGER": server, "AWS_MAX_ATTEMPTS": "1"}
    for wrong in (
        {"GENERATION_INPUT_PRICE": markers.KEY},
        {"RETENTION_DAYS": markers.KEY, "EMBEDDER": markers.KEY},
        {"DATABASE_URL": f"postgresql//me:{password}@nowhere/x"},
        {"DATABASE_URL": f"postgresql://me:{password}/{password}@nowhere:{password}/x"},
        {"DATABASE_URL": f"postgresql://me:%zz{password}@nowhere/x"},
        secrets,
    ):
        set_up(**{"KEYLESS": "true", "QUEUE_URL": f"{server}/1/q"} | wrong)
        http("POST", "/v1/ask", ASK)
        http("POST", "/v1/ask/stream", ASK, name="stream")
        for name, event in (("migrate", "migrate-create"), ("reconcile", "reconcile-schedule")):
            call(name, event_of(f"{event}.json") | {"ResponseURL": f"{server}/reply"})
    for down in (
        f"postgresql://me:{password}@127.0.0.1:1/x?connect_timeout=1",
        f"password={password} host=127.0.0.1 port=1 dbname=x",
    ):
        set_up(KEYLESS="true", DATABASE_URL=down)
        call("migrate", {"RequestType": "Create"})
    http("POST", "/v1/search", ASK)


def bad_requests() -> None:
    word = markers.QUESTION_WORD
    for body in (
        f'{{"question": "{markers.QUESTION}"',
        f'"{markers.QUESTION}"',
        ASK | {markers.MAIL: markers.CARD},
        ASK | {"question": 7, "knowledge_base": markers.NAME},
        ASK | {"question": markers.QUESTION * 40},
        ASK | {"output_schema": SCHEMA},
        ASK | {"output_schema": {"type": "object"}},
        ASK | {"filter": {"equals": {"key": markers.MAIL, "value": [markers.CARD]}}},
        ASK | {"filter": {word: markers.CARD}},
        ASK | {"conversation_id": f"{word}\0"},
    ):
        for path in ("/v1/ask", "/v1/search", "/v1/chat/completions", "/v1/feedback"):
            http("POST", path, body)
        http("POST", "/v1/ask/stream", body, name="stream")
    http("POST", "/v1/ask", json.dumps(ASK), Content_Type=f"text/plain; x={word}")
    for path in (f"/v1/{markers.MAIL}", f"/{word}/{markers.CARD}", f"/page/{markers.NAME}"):
        http("GET", path)
        http("DELETE", path)
    http("DELETE", f"/v1/conversations/{markers.MAIL}")
    http("GET", f"/v1/documents/{markers.NAME}")
    comment = {"comment": markers.COMMENT_WORD, "correction": markers.DOCUMENT}
    http("POST", "/v1/feedback", comment | {"question_id": "0" * 32, "rating": "up"})


def model_errors() -> None:
    for _ in FORMS:
        http("POST", "/v1/ask", ASK)
    for _ in range(3):
        http("POST", "/v1/search", ASK)
        http("POST", "/v1/ask/stream", ASK, name="stream")
        http("POST", "/v1/ask", ASK | {"output_schema": {"type": "object", "properties": {}}})
        http(
            "POST",
            "/v1/chat/completions",
            {"model": "help", "messages": [{"role": "user", "content": markers.QUESTION}]},
        )


def without_a_key() -> None:
    for header in (
        f"Bearer {markers.API_KEY}",
        f"Bearer {markers.KEY}",
        f"Basic {markers.OTHER_KEY}",
    ):
        http(
            "POST",
            "/v1/ask",
            ASK,
            Authorization=header,
            Origin=f"https://{markers.QUESTION_WORD}.example",
        )
        http("POST", "/v1/ask/stream", ASK, name="stream", Authorization=header)


def defects(url: str) -> None:
    """The database repeats what it was given, and tables are not there."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "create function spit() returns trigger language plpgsql as"
            " $$ begin raise exception 'no: %', new.text using detail = new.text; end $$"
        )
        connection.execute(
            "create trigger spit before insert on question for each row execute function spit()"
        )
    http("POST", "/v1/ask", ASK)
    http("POST", "/v1/ask/stream", ASK, name="stream")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("alter table feedback rename to elsewhere")
    comment = {"comment": markers.COMMENT_WORD, "question_id": "0" * 32, "rating": "down"}
    http("POST", "/v1/feedback", comment)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("alter table chunk rename column text to words")
    http("POST", "/v1/ask", ASK)
    http("POST", "/v1/ask/stream", ASK, name="stream")


def documents() -> None:
    upload = {"name": f"{markers.NAME}.md", "knowledge_base": "help"}
    http("POST", "/v1/documents", upload)
    http("GET", "/v1/documents/await")
    call("ingest", {"Records": [_record(f"not json {markers.DOCUMENT}")]})
    call("intake", {"Records": [_record(f"not json {markers.DOCUMENT}")]})
    event = event_of("ingest-put.json")
    call("ingest", event)
    call("intake", event)
    call("reconcile", event_of("reconcile-schedule.json"))


def _record(body: str) -> dict[str, Any]:
    record: dict[str, Any] = event_of("ingest-put.json")["Records"][0]
    return record | {"body": body}


def stacks(server: str) -> None:
    url = f"{server}/reply?X-Amz-Signature={markers.SIGNATURE}&X-Amz-Credential={markers.OTHER_KEY}"
    stack = {"RequestType": "Create", "ResponseURL": url, "StackId": "s", "RequestId": "r"}
    for where in (url, url.replace("http:", "ftp:")):
        call("migrate", stack | {"LogicalResourceId": "l", "ResponseURL": where})


def libraries() -> None:
    """What others log by themselves."""
    url = f"postgresql://me:{markers.DATABASE_PASSWORD}@host/x?sig={markers.SIGNATURE}"
    for name in ("psycopg.pool", "botocore.auth", "openai", "footnote.local", ""):
        log = logging.getLogger(name)
        log.warning("error connecting to %s for %s, %s", url, markers.MAIL, markers.TELEPHONE)
        log.error("Authorization: Bearer %s, card %s", markers.KEY, markers.CARD)
        try:
            raise ValueError(f"cannot read {markers.QUESTION!r}")
        except ValueError:
            log.exception("failed")


def main(url: str, report: Path) -> None:
    with hostile_server() as server:
        usual = {
            "KEYLESS": "true",
            "DATABASE_URL": with_password(url),
            "AWS_ENDPOINT_URL": server,
            "QUEUE_URL": f"{server}/1/q",
            "WORK_QUEUE_URL": f"{server}/1/w",
            "GENERATION_BASE_URL": f"{server}/v1",
            "GENERATION_API_KEY": markers.KEY,
            "EMBEDDING_BASE_URL": f"{server}/v1",
            "EMBEDDING_API_KEY": markers.OTHER_KEY,
            "RERANK_BASE_URL": f"{server}/v1",
            "RERANK_API_KEY": markers.OTHER_KEY,
            "QUESTION_TIMEOUT_S": "3",
        }
        cold_starts(server)
        set_up(**usual)
        bad_requests()
        model_errors()
        set_up(**usual | {"KEYLESS": "false"})
        without_a_key()
        set_up(**usual)
        documents()
        stacks(server)
        libraries()
        defects(url)
        set_up()
    report.write_text(json.dumps(outcomes))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
