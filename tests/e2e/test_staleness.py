"""`footnote eval staleness` on a running system: documents really are copied, edited and removed.

Who answers is a simulator: what its models write is written by this test.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.openai_test_server import ChatReply, Json, OpenAITestServer
from tests.running_system import FOOTNOTE, System, eventually, folder_for_a_system

# Its short form is in tests/unit: test_edited_copy, evaluation/test_edits.
pytestmark = [pytest.mark.e2e, pytest.mark.storm]
KB = "vaults"
DOCUMENTS = 12


def fact(number: int, days: str) -> str:
    return f"Backups of vault{number:02} are retained for {days} days in archive{number:02}."


def writes(request: Json) -> ChatReply:
    """With passages a script quotes what they say; alone it says what it learned long ago."""
    system, user = (message["content"] for message in request["messages"])
    if "passages" not in system:
        return ChatReply(text="They are retained for ten days.")
    asked = re.findall(r"backups of vault(\d\d)", user)[-1]
    for number, passage in re.findall(r'number="(\d+)".*?>\n(.*?)</passage>', user, re.S):
        found = re.search(rf"Backups of vault{asked}[^.]*\.", passage)
        if found:
            return ChatReply(text=f'{found[0]} [{number}: "{found[0]}"]')
    return ChatReply(text="NOT IN THE DOCUMENTS")


@pytest.fixture
def server() -> Iterator[OpenAITestServer]:
    with OpenAITestServer(chat=writes) as server:
        yield server


@pytest.fixture
def system() -> Iterator[System]:
    with folder_for_a_system() as folder:
        running = System(folder)
        running.start()
        for n in range(DOCUMENTS):
            text = f"# Vault {n}\n\n{fact(n, 'ten')}\n"
            running.bucket.put(f"{KB}/{n:02}.md", text.encode(), "text/markdown")
        counts = running.api.document_counts
        eventually(lambda: counts(KB).get("ready", 0), lambda n: n == DOCUMENTS, 120)
        yield running
        running.stop()


def run(system: System, *words: object) -> str:
    command = [FOOTNOTE, *map(str, words), "--data-dir", str(system.folder)]
    ran = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, timeout=300, env=os.environ
    )
    assert ran.returncode == 0, f"{words}: {ran.stdout}{ran.stderr}"
    return ran.stdout


def lines(path: Path, rows: list[Json]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_who_sees_passages_tells_the_new_fact_and_who_remembers_the_old_one(
    system: System, server: OpenAITestServer, tmp_path: Path
) -> None:
    run(
        system,
        "models",
        "add",
        "base",
        "--endpoint",
        server.base_url,
        "--remote-name",
        "test-model",
    )
    run(system, "models", "route", "base", "-k", KB)
    asked = [
        {
            "question": f"How long are backups of vault{n:02} retained in archive{n:02}?",
            "answers": ["ten days"],
            "gold_docs": [f"{n:02}.md"],
        }
        for n in range(DOCUMENTS)
    ]
    edits = [
        {"document": f"{n:02}.md", "old": "ten days", "new": "thirty days"}
        for n in range(DOCUMENTS - 2)
    ]
    files = lines(tmp_path / "qa.jsonl", asked), lines(tmp_path / "edits.jsonl", edits)
    told = json.loads(run(system, "eval", "staleness", *files, "-k", KB, "--json"))["arms"]
    every = DOCUMENTS - 2
    assert counts(told["rag"]) == {"questions": every, "before": every, "stale": 0, "new": every}
    assert counts(told["base"]) == {"questions": every, "before": every, "stale": every, "new": 0}
    assert told["base"]["less_rag"]["low"] == 1
    # The two that were not edited say it still, and come up beside the others.
    assert set(told["rag"]["still_said_in"]) == {"10.md", "11.md"}
    assert told["rag"]["after_less_before"]["difference"] == -1
    # What people have was not touched, and the copy is gone.
    (first, *_) = system.api.search("How long are backups of vault01 retained?", KB, 1)["passages"]
    assert "ten days" in first["text"]
    left = system.api.document_counts
    assert not left(f"{KB}-edited")
    assert not list(system.api.documents(f"{KB}-edited", status="deleted"))
    words = run(system, "eval", "staleness", *files, "-k", KB, "--arms", "base,rag", "--keep")
    assert f"base: {every} of {every} still tell the old fact; less rag +1.000" in flat(words)
    assert left(f"{KB}-edited")["ready"] == DOCUMENTS


def flat(text: str) -> str:
    return " ".join(text.split())


def counts(arm: Json) -> dict[str, Any]:
    return {name: arm[name] for name in ("questions", "before", "stale", "new")}
