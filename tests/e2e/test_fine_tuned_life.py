"""The whole life of a fine-tuned model, by real processes: a system, its HTTP API, its commands.

Who trains and answers is a simulator that trains nothing: what its models write is written by this
test, and says nothing of any real one.
"""

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.openai_test_server import ChatReply, Json, OpenAITestServer
from tests.running_system import FOOTNOTE, System, eventually, folder_for_a_system

# Its short form is in tests/integration: test_build_dataset, test_fine_tune and test_checkpoints.
pytestmark = [pytest.mark.e2e, pytest.mark.storm]
KB = "plant"
NAMES = [
    *("alder", "birch", "cedar", "drift", "ember", "flint", "grove", "heath", "inlet", "jade"),
    *("kelp", "larch", "maple", "north", "onyx", "pearl", "quartz", "raven", "slate", "thorn"),
    *("umber", "vale"),
]
FACTS = (
    ("How many minutes does the {} pump warm up?", "The {} pump warms up for {} minutes."),
    ("Which pressure does the {} boiler hold?", "The {} boiler holds a pressure of {} bar."),
    ("After how many days is the {} filter changed?", "The {} filter is changed after {} days."),
)
QUESTIONS = [
    (asked.format(name), said.format(name, 20 + at))
    for at, name in enumerate(NAMES)
    for asked, said in FACTS
]


def writes(request: Json) -> ChatReply:
    """The base model names no source; the fine-tuned one quotes the sentence that fits best."""
    if not request["model"].startswith("ft:"):
        return ChatReply(text="It is as the handbook says.")
    passages, _, question = request["messages"][-1]["content"].rpartition("Question: ")
    wanted = set(re.findall(r"\w+", question.lower()))
    found = [
        (len(wanted & set(re.findall(r"\w+", sentence.lower()))), number, sentence)
        for number, passage in re.findall(r'number="(\d+)".*?>\n(.*?)</passage>', passages, re.S)
        for sentence in re.findall(r"The [^.]*\.", passage)
    ]
    if not found:
        return ChatReply(text="NOT IN THE DOCUMENTS")
    _, number, sentence = max(found)
    return ChatReply(text=f'{sentence} [{number}: "{sentence}"]')


@pytest.fixture(scope="module")
def trainer() -> Iterator[OpenAITestServer]:
    with OpenAITestServer(chat=writes, shutdown_dates={"test-model": "2030-01-06"}) as server:
        yield server


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with folder_for_a_system() as folder:
        running = System(folder)
        running.start()
        yield running
        running.stop()


def run(system: System, *words: str, status: int = 0) -> Any:
    """A command as a process of its own, for the running system."""
    command = [FOOTNOTE, *words, "--data-dir", str(system.folder)]
    ran = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, timeout=240, env=os.environ
    )
    assert ran.returncode == status, f"{words}: {ran.stdout}{ran.stderr}"
    return json.loads(ran.stdout) if "--json" in words else ran.stdout


def post(system: System, path: str, body: Json) -> Json:
    request = Request(
        f"http://127.0.0.1:{system.port}{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=60) as reply:  # noqa: S310
        return dict(json.load(reply))


def ask(system: System, question: str, conversation: str | None = None) -> Json:
    told = {"conversation_id": conversation} if conversation else {}
    return post(system, "/v1/ask", {"question": question, "knowledge_base": KB, **told})


def put_documents(system: System) -> None:
    for at, name in enumerate(NAMES):
        text = "\n\n".join(said.format(name, 20 + at) for _, said in FACTS)
        system.bucket.put(f"{KB}/{name}.md", f"# {name}\n\n{text}\n".encode(), "text/markdown")
    eventually(
        lambda: system.api.document_counts(KB).get("ready", 0), lambda n: n == len(NAMES), 120
    )


def correct(system: System, question: str, said: str) -> None:
    asked = ask(system, question)
    feedback = {"question_id": asked["question_id"], "rating": "down", "correction": said}
    post(system, "/v1/feedback", feedback)


def test_from_feedback_to_a_promoted_checkpoint_and_back(
    system: System, trainer: OpenAITestServer
) -> None:
    # What answers is a base model that names no source, and people correct it.
    put_documents(system)
    run(
        system,
        "models",
        "add",
        "base",
        "--endpoint",
        trainer.base_url,
        "--remote-name",
        "test-model",
    )
    run(system, "models", "route", "base", "-k", KB)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: correct(system, *one), QUESTIONS))

    # Corrections become a data set, whose rows say which chunks they show.
    build = ("dataset", "build", "support", "-k", KB, "--held-out", "0.5", "--decline-rate", "0.1")
    built = run(system, *build, "--json")
    assert built["kinds"]["answer"] >= 60, built
    assert built["held_out"] >= 30
    shown = run(system, "dataset", "show", "support", "-k", KB, "--json")
    golden = [one for one in shown["rows"][0]["sources"] if one["golden"]]
    assert golden[0]["key"].startswith(f"{KB}/")

    # It is sent, and watched by another process than the one that sent it.
    where = ("--endpoint", trainer.base_url, "--key-ref", "", "--price", "5", "--yes")
    job = run(
        system, "finetune", "start", "support", "-k", KB, "--base", "test-model", *where, "--json"
    )
    assert job["estimated_cost_usd"] > 0
    number = str(job["job"])
    done = run(system, "finetune", "watch", number, "-k", KB, "--every", "0.1", "--json")
    assert done["state"] == "succeeded"
    assert len([one for one in done["events"] if one["train_loss"]]) > 1
    name = f"support-{number}"

    # Nobody is promoted before the gate has seen a gain on rows that were held out.
    run(system, "checkpoint", "promote", name, "-k", KB, status=1)
    verdict = run(system, "checkpoint", "evaluate", name, "-k", KB, "--json")
    assert verdict["decision"] == "promote", verdict
    assert verdict["low"] > 0

    # A canary: a conversation keeps its model, and both have some.
    run(system, "checkpoint", "promote", name, "-k", KB, "--canary", "0.5")
    # Each process notices within ten seconds; twelve conversations do not agree by chance.
    question = QUESTIONS[0][0]
    arms = eventually(
        lambda: [_conversation(system) for _ in range(12)],
        lambda arms: all(len(models) == 1 for models in arms) and {name} in arms,
        60,
    )
    counts = Counter(next(iter(models)) for models in arms)
    assert 0 < counts[name] < 12

    # Promoted, it answers every conversation, with what the documents say.
    run(system, "checkpoint", "promote", name, "-k", KB)
    reply = eventually(lambda: ask(system, QUESTIONS[4][0]), lambda told: told["model"] == name, 60)
    assert "21 bar" in reply["answer"]
    assert reply["checkpoint"] in trainer.fine_tuning.trained
    assert eventually(
        lambda: {ask(system, question)["model"] for _ in range(12)},
        lambda models: models == {name},
        60,
    )

    # A document goes: what learned from it is flagged, with the rows that show it.
    (before,) = [one for one in _listed(system) if one["checkpoint"] == name]
    assert (before["affected"], before["state"], before["sunset"]) == (0, "active", "2030-01-06")
    key = f"{KB}/{NAMES[3]}.md"
    (gone,) = [one["document_id"] for one in system.api.documents(KB) if one["key"] == key]
    system.api.delete(gone)
    flagged = eventually(
        lambda: next(one for one in _listed(system) if one["checkpoint"] == name),
        lambda one: one["affected"] > 0,
        60,
    )
    (document,) = flagged["affected_documents"]
    assert (document["key"], document["deleted"]) == (key, True)
    assert document["rows"] >= len(FACTS)
    assert flagged["of_deleted_documents"] == flagged["affected"]

    # And back, by one command.
    told = run(system, "checkpoint", "rollback", "-k", KB, "--json")
    assert told == {"rolled_back": name, "answers": "base"}
    eventually(
        lambda: {ask(system, question)["model"] for _ in range(6)},
        lambda models: name not in models,
        60,
    )


def _conversation(system: System) -> set[str]:
    """The models of four questions of a new conversation."""
    replies = [ask(system, QUESTIONS[0][0])]
    for question, _ in QUESTIONS[9:36:9]:
        replies.append(ask(system, question, replies[0]["conversation_id"]))
    assert len({reply["conversation_id"] for reply in replies}) == 1
    return {reply["model"] for reply in replies}


def _listed(system: System) -> list[Json]:
    found: list[Json] = run(system, "checkpoint", "list", "-k", KB, "--json")
    return found
