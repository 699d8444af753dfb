"""Secrets, personal data and texts that are planted everywhere are found in no log."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from footnote.postgres.connection import Database
from tests.integration.postgres.test_passages import publish
from tests.planted.markers import DOCUMENT, FORBIDDEN, QUESTION

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]


def test_nothing_that_was_planted_is_found_in_any_log(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    # What makes the question one that a model is asked.
    publish(database, "a.md", [f"Backups are kept for thirty days. {QUESTION} {DOCUMENT}"])
    with database.transaction() as connection:  # a hosted model, which fails as well
        connection.execute("update embedding_model set name = 'test-model/384'")
    report = tmp_path / "report.json"
    # Switches with which Powertools would print events.
    environment = os.environ | {"POWERTOOLS_LOGGER_LOG_EVENT": "true", "POWERTOOLS_DEBUG": "true"}
    ended = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "tests.planted.drive", database_url, str(report)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    logs = ended.stdout + ended.stderr
    assert ended.returncode == 0, logs[-2000:]
    found = [(mark, line[:600]) for line in logs.splitlines() for mark in FORBIDDEN if mark in line]
    assert found == []
    # It did fail in every way, and was logged.
    outcomes = json.loads(report.read_text())
    for outcome in ("api 200", "api 400", "api 401", "api 404", "api 413", "api 500", "api raised"):
        assert outcomes.get(outcome), outcomes
    assert sum(outcomes.values()) > 130
    for told in ("a model failed", "request refused", "unforeseen error", "the ledger is down"):
        assert told in logs, told
