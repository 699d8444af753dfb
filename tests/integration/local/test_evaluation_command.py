"""`footnote eval` from end to end, against an API that is set to reply."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from footnote.cli.application import app
from footnote.evaluate import ATTEMPTS
from footnote.local.gateway import Gateway
from tests.outcomes import BACKUPS
from tests.unit.test_evaluate import ANSWER, PASSAGE

pytestmark = pytest.mark.integration
HEALTH = {"status": "ok", "version": "1", "embedding_model": "e", "generation_model": "g"}
READY = {"key": "help/a.md", "status": "ready", "reason": None, "chunks": 1, "version_id": None}
ROWS = [
    {"id": f"q{n}", "question": f"How long {n}?", "answers": ["thirty"], "gold_docs": ["a.md"]}
    | {"gold_text": BACKUPS}
    for n in range(3)
]
FOREIGN = [{"id": "f", "question": "Who won in 1972?", "answers": ["x"], "gold_docs": ["z.md"]}]


class FakeApi:
    """Footnote as far as an evaluation goes; refuses questions that are in `refused`."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.asked: list[str] = []
        self.documents = [READY]
        self.url = ""
        self.uploaded: list[str] = []
        self.before_answering: Callable[[], object] = lambda: None

    def invoke(self, event: Any) -> object:
        if event["httpMethod"] == "PUT":
            self.documents.append(READY)
            return {"statusCode": 200, "body": "", "headers": {}}
        status, reply = self._reply(event, json.loads(event["body"] or "null"))
        headers = {"Retry-After": "0"} if status == 503 else {}
        return {"statusCode": status, "body": json.dumps(reply), "headers": headers}

    def _reply(self, event: Any, body: Any) -> tuple[int, object]:
        path = event["path"]
        if path == "/v1/documents" and event["httpMethod"] == "POST":
            self.uploaded.append(body["name"])
            ticket = {"method": "PUT", "url": f"{self.url}/bucket", "headers": {}}
            return 200, {"document_id": "x", "key": f"help/{body['name']}", "upload": ticket}
        if path == "/healthz":
            return 200, HEALTH
        if path == "/v1/documents":
            return 200, {"documents": self.documents, "next_cursor": None}
        if path == "/v1/search":
            return 200, {"passages": [PASSAGE], "in_corpus": 0.6}
        if path == "/v1/ask":
            return self._answer(body["question"])
        if not (event["queryStringParameters"] or {}).get("cursor"):
            return 200, {"chunks": [{"text": "Another chunk."}], "next_cursor": "1"}
        return 200, {"chunks": [{"text": BACKUPS}], "next_cursor": None}

    def _answer(self, question: str) -> tuple[int, object]:
        self.asked.append(question)
        self.before_answering()
        if question in self.refused:
            return 503, {"error": {"code": "unavailable", "message": "the model is down"}}
        if "1972" in question:
            return 200, ANSWER | {"status": "declined", "citations": [], "in_corpus": 0.01}
        return 200, ANSWER


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def url(api: FakeApi) -> Iterator[str]:
    gateway = Gateway(0, api)
    gateway.start()
    yield f"http://127.0.0.1:{gateway.server_port}"
    gateway.stop()


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return written(tmp_path / "own.jsonl", ROWS)


def written(path: Path, rows: object) -> Path:
    assert isinstance(rows, list)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(url: str, *arguments: object) -> Result:
    words = ["eval", "-k", "help", "--api", url, *map(str, arguments)]
    return CliRunner().invoke(app, words)


def figures(result: Result) -> dict[str, float]:
    told = json.loads(result.stdout)
    return {f"{one['group']}: {one['metric']}": one["value"] for one in told["figures"]}


def test_a_set_is_asked_and_measured_for_people(url: str, questions: Path) -> None:
    result = run(url, questions)
    assert result.exit_code == 0
    assert "documents found" in result.stdout
    assert "hit@1" in result.stdout
    assert "seed 20261125" in result.stdout


def test_a_set_is_asked_and_measured_for_programs(url: str, questions: Path) -> None:
    result = run(url, questions, "--json", "--seed", 7)
    told = figures(result)
    assert told["documents found: MRR"] == 1
    assert told["passages found: recall@10"] == 1
    assert told["answers: contains the gold answer"] == 1
    assert told["citations: quotes verbatim"] == 1
    assert told["cost: per 1,000 questions"] == 10
    whole = json.loads(result.stdout)
    assert (whole["seed"], whole["questions"], whole["failed"]) == (7, 3, 0)


def test_another_sets_questions_are_to_be_declined(
    url: str, questions: Path, tmp_path: Path
) -> None:
    away = written(tmp_path / "away.jsonl", FOREIGN)
    told = figures(run(url, questions, "--foreign", away, "--json"))
    assert told["declining: foreign, declined"] == 1
    assert told["declining: AUROC, foreign"] == 1
    assert told["declining: answerable, declined"] == 0


def test_the_same_command_asks_only_what_is_missing(
    api: FakeApi, url: str, questions: Path, tmp_path: Path
) -> None:
    api.refused = {"How long 1?"}
    kept = tmp_path / "a.run"
    first = run(url, questions, "--run", kept)
    assert first.exit_code == 1
    assert "1 of 3 questions failed" in first.stderr
    assert "the model is down (unavailable, 503)" in first.stderr
    assert api.asked.count("How long 1?") == ATTEMPTS
    api.refused, api.asked = set(), []
    again = run(url, questions, "--run", kept, "--json")
    assert (again.exit_code, api.asked) == (0, ["How long 1?"])
    assert json.loads(again.stdout)["questions"] == 3


def test_ctrl_c_keeps_what_was_asked(
    api: FakeApi, url: str, questions: Path, tmp_path: Path
) -> None:
    kept, heard = tmp_path / "a.run", threading.Event()

    def interrupt_the_second() -> None:
        if len(api.asked) == 2:
            while kept.read_text().count("\n") < 2:
                time.sleep(0.01)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            heard.wait(1)  # for the main thread to hear it before the answer is there

    api.before_answering = interrupt_the_second
    stopped = run(url, questions, "--run", kept, "--concurrency", 1)
    assert stopped.exit_code == 130
    assert "Stopped after 1 of 3 questions: the same command goes on." in stopped.stderr
    api.asked, api.before_answering = [], lambda: None
    assert run(url, questions, "--run", kept).exit_code == 0
    assert len(api.asked) == 2


def test_a_corpus_is_uploaded_before_and_not_again(
    api: FakeApi, url: str, questions: Path, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text(BACKUPS)
    api.url, api.documents = url, []
    told = [questions, "--corpus", corpus, "--run", tmp_path / "a.run"]
    assert run(url, *told).exit_code == 0
    assert api.uploaded == ["a.md"]
    assert run(url, *told).exit_code == 0
    assert api.uploaded == ["a.md"]


def test_a_corpus_is_uploaded_again_where_the_system_was_emptied_since(
    api: FakeApi, url: str, questions: Path, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text(BACKUPS)
    api.url, api.documents = url, []
    told = [questions, "--corpus", corpus, "--run", tmp_path / "a.run"]
    run(url, *told)
    api.documents = []
    result = run(url, *told)
    assert (result.exit_code, api.uploaded) == (0, ["a.md", "a.md"])


def test_a_run_is_compared_with_one_before(url: str, questions: Path, tmp_path: Path) -> None:
    kept = tmp_path / "a.run"
    run(url, questions, "--run", kept)
    result = run(url, questions, "--run", kept, "--compare", kept, "--json")
    compared = {one["metric"]: one for one in json.loads(result.stdout)["compared"]}
    assert compared["token F1"]["difference"] == 0
    assert "now less before" in run(url, questions, "--compare", kept).stdout


def test_a_report_is_one_file(url: str, questions: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = run(url, questions, "--report", page)
    assert f"The report is in {page}." in result.stderr
    assert page.read_text().startswith("<!doctype html>")


def test_a_malformed_set_is_told_by_line_before_anything_is_asked(
    api: FakeApi, url: str, questions: Path
) -> None:
    questions.write_text(questions.read_text() + '{"question": ""}\n')
    result = run(url, questions)
    assert result.exit_code == 2
    assert "line 4: question" in result.stderr
    assert api.asked == []


def test_a_knowledge_base_of_another_set_is_refused(
    api: FakeApi, url: str, questions: Path
) -> None:
    api.documents = [READY | {"key": "help/other.md"}]
    result = run(url, questions)
    assert result.exit_code == 2
    assert "help holds none of the 1 documents that the questions are about" in result.stderr
    assert api.asked == []


def test_documents_that_are_missing_are_told(url: str, tmp_path: Path) -> None:
    more = written(tmp_path / "more.jsonl", [*ROWS, ROWS[0] | {"id": "x", "gold_docs": ["b.md"]}])
    result = run(url, more)
    assert result.exit_code == 0
    assert "1 of 2 gold documents are not ready in help: b.md" in result.stderr


def test_a_report_that_cannot_be_written_does_not_cost_the_figures(
    url: str, questions: Path, tmp_path: Path
) -> None:
    result = run(url, questions, "--report", tmp_path / "none" / "report.html")
    assert result.exit_code == 1
    assert "hit@1" in result.stdout
    assert "No such file or directory" in result.stderr


def test_an_api_that_is_not_there_says_how_to_start_it(questions: Path) -> None:
    result = run("http://127.0.0.1:9", questions)
    assert result.exit_code == 1
    assert "is `make run` running?" in result.stderr
