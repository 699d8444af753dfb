"""A process that Lambda starts before anybody asks, and the snapshot that it makes of it."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from footnote.bootstrap.ahead import draw_anew, is_started_ahead
from footnote.domain.access import KeyKind, NewKey
from footnote.embedding.model_folder import default_model_dir
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[3]
# Nothing is there: whoever asks for a secret, or for the database, hears an error.
NOWHERE = {
    "FOOTNOTE_DATABASE_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:1:secret:x",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
}


def snapshot(function: str, kind: str, event: object = None, **variables: str) -> dict[str, Any]:
    folders = (ROOT / "functions" / function, ROOT)
    environment = variables | {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "AWS_LAMBDA_INITIALIZATION_TYPE": kind,
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    script = Path(__file__).with_name("started_ahead.py")
    ran = subprocess.run(  # noqa: S603 our own code
        [sys.executable, str(script), json.dumps(event)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def test_every_process_that_goes_on_from_a_snapshot_answers_with_connections_of_its_own(
    database: Database, database_url: str
) -> None:
    key = PostgresAccessKeys(database).add(NewKey(kind=KeyKind.SECRET, name="snapshot"))
    event = json.loads((ROOT / "events/api-search.json").read_text())
    event["headers"] = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    told = snapshot(
        "api",
        "snap-start",
        event,
        FOOTNOTE_DATABASE_URL=database_url,
        FOOTNOTE_MODEL_DIR=str(default_model_dir()),
    )
    assert (told["sockets"], told["threads"], told["hooks"]) == (0, 1, ["draw_anew"])
    loaded = {"onnxruntime", "psycopg", "boto3", "footnote.http.other_routes"}
    assert loaded <= set(told["modules"])
    assert [status for status, _ in told["answers"]] == [200, 200]


@pytest.mark.storm
def test_what_is_loaded_ahead_connects_to_nothing_and_reads_no_secret() -> None:
    hosted = {"FOOTNOTE_EMBEDDER": "hosted", "FOOTNOTE_EMBEDDING_API_KEY": "k"}
    told = snapshot("stream", "provisioned-concurrency", **NOWHERE, **hosted)
    assert (told["sockets"], told["threads"], told["hooks"]) == (0, 1, [])
    assert {"openai", "psycopg"} <= set(told["modules"])
    assert "onnxruntime" not in told["modules"]


@pytest.mark.parametrize(
    ("kind", "ahead"),
    [("snap-start", True), ("provisioned-concurrency", True), ("on-demand", False), ("", False)],
)
def test_only_who_is_started_before_anybody_asks_loads_ahead(
    monkeypatch: pytest.MonkeyPatch, kind: str, ahead: bool
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)
    assert is_started_ahead() is ahead


def test_random_numbers_begin_anew_in_each_process() -> None:
    held, drawn = random.getstate(), []
    for _ in range(2):
        random.setstate(held)
        draw_anew()
        drawn.append(random.random())
    random.setstate(held)
    assert drawn[0] != drawn[1]
