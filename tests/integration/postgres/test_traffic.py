"""A deployment's own traffic, from its ledger and documents, and the bill that is made of it."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.traffic import PostgresTraffic
from tests.integration.postgres.test_ledger import call, entry
from tests.integration.postgres.test_passages import publish
from tests.rows import add_document

pytestmark = pytest.mark.integration
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def test_what_is_answerable_is_held_and_what_became_so_has_changed(database: Database) -> None:
    publish(database, "help/a.md", ["Backups are kept for thirty days.", "Logs are kept for two."])
    add_document(database, "help/broken.pdf", "failed")
    held = PostgresTraffic(database).held(YESTERDAY)
    assert (held.documents, held.chunks, held.changed) == (1, 2, 1)
    assert held.bytes > 1_000_000
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert PostgresTraffic(database).held(tomorrow).changed == 0


def test_a_bill_is_made_of_the_ledger(database: Database, database_url: str) -> None:
    publish(database, "help/a.md", ["Backups are kept for thirty days."])
    ledger = PostgresLedger(database)
    for number in range(10):
        ledger.record(entry(*([call()] if number < 4 else [])))
    environment = {
        "PATH": os.environ["PATH"],
        "FOOTNOTE_DATABASE_URL": database_url,
        "FOOTNOTE_QUEUE_URL": "http://127.0.0.1:1/queue",
    }
    command = [str(Path(sys.executable).parent / "footnote"), "cost", "--from-ledger", "--json"]
    done = subprocess.run(  # noqa: S603 our own
        [*command, "--days", "5"], env=environment, capture_output=True, text=True, check=True
    )
    traffic = json.loads(done.stdout)["traffic"]
    assert traffic["questions_a_day"] == 2
    assert traffic["by_model"] == pytest.approx(0.4)
    assert (traffic["input_tokens"], traffic["output_tokens"]) == (1000, 100)
    assert traffic["documents"] == 1
