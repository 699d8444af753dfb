"""First invocations and warm requests of built functions, in Lambda's own runtime."""

import json
import os
import subprocess
import sysconfig
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from statistics import median
from typing import Any

import urllib3

from benchmarks.cold.timed_database import TimedDatabase
from benchmarks.environments import make_environment, python_of
from footnote.domain.access import KeyKind, NewKey
from footnote.local.gateway import Gateway
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from tests.deployed.artifacts import Artifact
from tests.deployed.runtimes import Environment, Runtime, RuntimePool
from tests.template.sam_template import resource

ROOT = Path(__file__).parents[2]
BUILT = ROOT / ".aws-sam" / "build"
_LISTED = ROOT / "benchmarks" / "search" / "requirements-haystack.txt"
# As a function that answers with Haystack would import; it answers nothing yet.
_HAYSTACK = """
from haystack import Pipeline
from haystack.components.builders import ChatPromptBuilder
from haystack.components.embedders import OpenAITextEmbedder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack_integrations.components.retrievers.pgvector import PgvectorEmbeddingRetriever
from haystack_integrations.document_stores.pgvector import PgvectorDocumentStore

def handler(event, context):
    return {"statusCode": 200, "body": "{}"}
"""


class MeasuringError(Exception):
    """What is measured does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warm:
    """One warm request, in milliseconds: all of it, and what of it was waiting for Postgres."""

    total: float
    database: float
    rest: float


def built_api(database_url: str) -> Artifact:
    """The `api` function as `make build` left it."""
    properties = resource("ApiFunction")
    return Artifact(
        name="ApiFunction",
        handler="handler.handler",
        timeout_s=28,
        memory_mb=properties["MemorySize"],
        task=BUILT / "ApiFunction",
        layers=tuple(BUILT / layer["Ref"] for layer in properties["Layers"]),
        variables={
            "FOOTNOTE_DATABASE_URL": database_url,
            "FOOTNOTE_EMBEDDER": "local",
            "FOOTNOTE_MODEL_DIR": "/opt/model",
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        },
    )


def haystack_function(folder: Path, runtime: Runtime) -> tuple[Artifact, Runtime]:
    """The peer, in its own environment, with the same client of the runtime."""
    make_environment("haystack", _LISTED)
    python = python_of("haystack")
    # Lambda has no place for compiled modules at run time; ours bring theirs, so should these.
    site = sysconfig.get_path("purelib", vars={"base": str(Path(python).parents[1])})
    subprocess.run([python, "-m", "compileall", "-q", site], check=False)  # noqa: S603
    client = sysconfig.get_path("purelib", vars={"base": str(Path(runtime.python).parents[1])})
    task = folder / "haystack"
    task.mkdir()
    (task / "handler.py").write_text(_HAYSTACK)
    layer = folder / "client"
    layer.mkdir()
    (layer / "python").symlink_to(client)
    artifact = replace(
        built_api(""),
        name="haystack",
        task=task,
        layers=(layer,),
        variables={"OPENAI_API_KEY": "none", "HAYSTACK_TELEMETRY_ENABLED": "False"},
    )
    return artifact, replace(runtime, python=python)


def first_invocation_s(artifact: Artifact, runtime: Runtime, event: object, log: Path) -> float:
    """Seconds from the start of an environment to its first reply."""
    began = time.perf_counter()
    environment = Environment(artifact, runtime, log)
    try:
        reply = environment.invoke(event)
        if reply["statusCode"] != HTTPStatus.OK:
            raise MeasuringError(reply)
        return time.perf_counter() - began
    finally:
        environment.stop()


def warm_requests(
    artifact: Artifact, runtime: Runtime, questions: Sequence[str | None], key: str, log: Path
) -> list[Warm]:
    """Requests over HTTP: front, runtime, handler and database, one after the other.

    A search for each question, a list of documents where there is none.
    """
    with TimedDatabase(artifact.variables["FOOTNOTE_DATABASE_URL"]) as timed:
        variables = {**artifact.variables, "FOOTNOTE_DATABASE_URL": timed.url}
        pool = RuntimePool(lambda: replace(artifact, variables=variables), runtime, log, 1)
        front = Gateway(0, pool)
        front.start()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        http = urllib3.PoolManager(retries=False, headers=headers)
        url = f"http://127.0.0.1:{front.server_port}/v1"
        try:
            found = [_one(http, url, question, timed) for question in questions]
        finally:
            http.clear()
            front.stop()
            pool.stop()
    return found[len(found) // 4 :]  # the first ones warm up


def _one(http: urllib3.PoolManager, url: str, question: str | None, timed: TimedDatabase) -> Warm:
    body = json.dumps({"question": question, "knowledge_base": "bench"}) if question else None
    method, path = ("POST", "search") if body else ("GET", "documents?knowledge_base=bench")
    before, began = timed.seconds, time.perf_counter()
    reply = http.request(method, f"{url}/{path}", body=body)
    total = time.perf_counter() - began
    if reply.status != HTTPStatus.OK:
        raise MeasuringError(reply.data)
    database = timed.seconds - before
    return Warm(total=total * 1e3, database=database * 1e3, rest=(total - database) * 1e3)


def middle(found: Sequence[Warm]) -> Warm:
    """The median of each time."""
    return Warm(
        total=median(one.total for one in found),
        database=median(one.database for one in found),
        rest=median(one.rest for one in found),
    )


def keyed_event(name: str, key: str) -> Any:
    """One of the events that the tests use, with a key."""
    event = json.loads((ROOT / "events" / name).read_text())
    event["headers"]["Authorization"] = f"Bearer {key}"
    event["multiValueHeaders"]["Authorization"] = [f"Bearer {key}"]
    return event


def new_key(database_url: str) -> str:
    """A key that lets in, as a deployment wants one."""
    keys = PostgresAccessKeys(Database(database_url))
    return keys.add(NewKey(kind=KeyKind.SECRET, name="bench"))


def load() -> float:
    """What else this machine does."""
    return os.getloadavg()[0]
