"""What `footnote ask`, `search`, `status` and `doctor` print, for people and for programs."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from footnote.cli.application import app
from footnote.local.gateway import Gateway

pytestmark = pytest.mark.integration

CITATION = {"marker": 1, "key": "kb/a.md", "title": "Guide", "url": None, "page": 2}
CITATION |= {"heading_path": ["Travel"], "quote": "Receipts are due."}
ANSWER = {"status": "answered", "answer": "Receipts are due. [1]", "model": "extractive"}
ANSWER |= {"conversation_id": "5c1f"}
DECLINED = ANSWER | {"status": "declined", "answer": "", "citations": []}
FAILED = {"key": "kb/[b].pdf", "status": "failed", "reason": "encrypted", "chunks": 0}
READY = {"key": "kb/a.md", "status": "ready", "reason": None, "chunks": 3}


class FakeApi:
    """Answers by path, and keeps the bodies that it was sent."""

    def __init__(self) -> None:
        self.replies: dict[str, Any] = {}
        self.bodies: list[Any] = []
        self.documents: list[Any] = []

    def invoke(self, event: Any) -> object:
        self.bodies.append(json.loads(event["body"] or "null"))
        status, reply = 200, self.replies.get(event["path"])
        if event["path"] == "/v1/documents":
            reply = self._list((event["queryStringParameters"] or {}).get("status"))
        if reply is None:
            status, reply = 404, {"error": {"code": "not_found", "message": "there is no such"}}
        body = reply if isinstance(reply, str) else json.dumps(reply)
        return {"statusCode": status, "body": body}

    def _list(self, status: str | None) -> object:
        shown = [one for one in self.documents if status in {None, one["status"]}]
        counts = Counter(one["status"] for one in self.documents)
        return {"documents": shown, "next_cursor": None, "counts": counts}


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
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed goes to a terminal, as far as the command can tell."""
    monkeypatch.setattr(Console, "is_terminal", True)


def events(*told: tuple[str, object]) -> str:
    return "".join(f"event: {name}\ndata: {json.dumps(content)}\n\n" for name, content in told)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_an_answer_is_printed_with_its_sources_and_its_honest_label(api: FakeApi, url: str) -> None:
    api.replies["/v1/ask"] = ANSWER | {"citations": [CITATION]}
    output = run("ask", "When?", "-k", "kb", "--api", url).stdout
    assert "Receipts are due. [1]" in output
    assert "Extractive: sentences quoted verbatim" in output
    assert "[1] Guide, page 2, Travel" in output
    assert api.bodies == [{"question": "When?", "knowledge_base": "kb", "filter": None}]


@pytest.mark.usefixtures("terminal")
def test_a_terminal_is_left_with_the_answer_that_came_last(api: FakeApi, url: str) -> None:
    api.replies["/v1/ask/stream"] = events(
        ("passages", {"passages": []}),
        ("token", {"sentence": 0, "text": "A lie."}),
        ("retract", {"sentence": 0, "reason": "number"}),
        ("token", {"sentence": 0, "text": "Receipts are due. [1]"}),
        ("done", ANSWER | {"citations": [CITATION]}),
    )
    shown = run("ask", "When?", "--api", url).stdout
    assert "Receipts are due. [1]" in shown
    assert "A lie." not in shown
    assert shown.count("[1] Guide, page 2, Travel") == 1
    assert "Ask on with --conversation 5c1f" in shown


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("told", "message"),
    [
        (("error", {"error": {"code": "unavailable", "message": "it is away"}}), "it is away"),
        (("token", {"sentence": 0, "text": "Rec"}), "the answer broke off"),
    ],
)
def test_a_stream_without_an_answer_is_one_line_and_status_1(
    api: FakeApi, url: str, told: tuple[str, object], message: str
) -> None:
    api.replies["/v1/ask/stream"] = events(told)
    result = run("ask", "When?", "--api", url)
    assert result.exit_code == 1
    assert message in result.stderr


@pytest.mark.usefixtures("terminal")
def test_programs_get_their_json_from_a_terminal_too(api: FakeApi, url: str) -> None:
    api.replies["/v1/ask"] = DECLINED
    assert json.loads(run("ask", "Who?", "--json", "--api", url).stdout) == DECLINED


def test_an_output_is_printed_as_json_with_what_supports_each_value(
    api: FakeApi, url: str, tmp_path: Path
) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object"}')
    output = {"total": 3, "name": "[red]"}
    citation = CITATION | {"field": "/total"}
    api.replies["/v1/ask"] = ANSWER | {"model": "small", "output": output, "citations": [citation]}
    printed = run("ask", "What?", "--output-schema", str(schema), "--api", url).stdout
    assert json.loads(printed.partition("\n\n")[0]) == output
    assert "[1] /total: Guide, page 2" in printed
    assert api.bodies[0]["output_schema"] == {"type": "object"}


@pytest.mark.parametrize("text", ["{", "[]", "7"])
def test_a_file_that_holds_no_schema_ends_the_command(tmp_path: Path, text: str) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(text)
    result = run("ask", "What?", "--output-schema", str(schema))
    told = "".join(result.output.replace("\u2502", "").split())
    assert (result.exit_code, "noJSON" in told) == (2, True)


def test_a_declined_question_says_so(api: FakeApi, url: str) -> None:
    api.replies["/v1/ask"] = DECLINED
    assert run("ask", "Who?", "--api", url).stdout == "The documents do not say.\n"


def test_json_is_the_reply_as_it_came(api: FakeApi, url: str) -> None:
    api.replies["/v1/ask"] = DECLINED
    assert json.loads(run("ask", "Who?", "--json", "--api", url).stdout) == DECLINED


def test_passages_are_listed_with_rank_and_score(api: FakeApi, url: str) -> None:
    passage = CITATION | {"rank": 1, "score": 0.5, "text": "[red]Receipts"}
    api.replies["/v1/search"] = {"passages": [passage]}
    output = run("search", "When?", "--api", url).stdout
    assert "0.50" in output
    assert "[red]Receipts" in output


def test_status_counts_and_gives_the_reasons(api: FakeApi, url: str) -> None:
    api.documents = [FAILED, READY, READY]
    output = run("status", "-k", "kb", "--api", url).stdout
    assert "kb: 2 ready, 1 failed" in output
    assert "kb/[b].pdf" in output
    assert "encrypted" in output


def test_no_name_or_text_steers_the_terminal(api: FakeApi, url: str) -> None:
    steering = "\x1b]0;owned\x07\x9b31m"
    api.documents = [FAILED | {"key": f"kb/{steering}.pdf", "reason": f"no {steering}"}]
    citation = CITATION | {
        "title": None,
        "key": f"kb/{steering}.md",
        "url": f"https://a/{steering}",
    }
    api.replies["/v1/ask"] = ANSWER | {"citations": [citation], "question": f"When {steering}?"}
    api.replies["/v1/search"] = {
        "passages": [
            {"rank": 1, "score": 1.0, "text": "a", "page": None, "key": "b"}
            | {"title": f"c {steering}", "heading_path": [steering]}
        ]
    }
    for command in (["status"], ["ask", "When?"], ["search", "When?"]):
        output = run(*command, "-k", "kb", "--api", url).stdout
        assert "owned" in output
        assert not {"\x1b", "\x07", "\x9b"} & set(output), command


def test_status_of_every_knowledge_base_is_told_one_after_the_other(api: FakeApi, url: str) -> None:
    api.replies["/v1/models"] = {"data": [{"id": "help"}, {"id": "kb"}]}
    api.documents = [READY, FAILED]
    output = run("status", "--all", "--api", url).stdout
    assert [line for line in output.splitlines() if ": " in line] == [
        "help: 1 ready, 1 failed",
        "kb: 1 ready, 1 failed",
    ]
    told = json.loads(run("status", "--all", "--json", "--api", url).stdout)
    assert [one["knowledge_base"] for one in told] == ["help", "kb"]
    assert told[0]["failed"] == [{"key": "kb/[b].pdf", "reason": "encrypted"}]


def test_an_error_of_the_api_is_one_line_and_status_1(url: str) -> None:
    result = run("ask", "When?", "--api", url)
    assert (result.exit_code, result.stderr) == (1, "there is no such (not_found, 404)\n")


def test_an_api_that_is_not_there_says_how_to_start_it() -> None:
    result = run("status", "--api", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "is `make run` running?" in result.stderr


@pytest.mark.parametrize(
    ("days", "found", "warned"),
    [(-1, "dropped by its endpoint", True), (30, "until", True), (90, "until", False)],
)
def test_doctor_warns_of_models_that_their_endpoints_drop(
    api: FakeApi, url: str, days: int, found: str, *, warned: bool
) -> None:
    sunset = (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
    models = [{"name": "small", "sunset": sunset}, {"name": "large", "sunset": None}]
    api.replies["/healthz"] = {"status": "ok", "models": models}
    told = json.loads(run("doctor", "--json", "--api", url).stdout)
    (small,) = [one for one in told if one["name"] == "model small"]
    assert small["found"].startswith(found)
    assert sunset in small["found"]
    assert ("footnote models route" in small["advice"]) is warned
    assert "model large" not in {one["name"] for one in told}


def test_doctor_warns_of_a_model_of_one_knowledge_base_without_its_name(
    api: FakeApi, url: str
) -> None:
    soon = (datetime.now(UTC).date() + timedelta(days=10)).isoformat()
    models = [{"name": "small", "sunset": None}]
    api.replies["/healthz"] = {"status": "ok", "models": models, "next_sunset": soon}
    told = json.loads(run("doctor", "--json", "--api", url).stdout)
    (warned,) = [one for one in told if one["name"] == "model of a knowledge base"]
    assert "10 days left" in warned["advice"]


def test_doctor_finds_the_parts_and_says_what_is_missing() -> None:
    result = run("doctor", "--json", "--api", "http://127.0.0.1:9")
    findings = {finding["name"]: finding for finding in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert findings["Python"]["advice"] == ""
    assert findings["functions"]["advice"] == ""
    assert findings["API and database"]["advice"] == "start it: `make run`"
