"""What `make sam-local` rests on; itself it needs containers, so it is no part of these tests."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from footnote.settings import Settings
from tests.sam_local.__main__ import NOT_RUN, main
from tests.sam_local.engine import NotRunError, find_gateway
from tests.sam_local.events import EXPECTED, ROOT
from tests.template.sam_template import functions, variables

pytestmark = pytest.mark.template


def test_every_event_says_what_it_has_to_answer() -> None:
    assert set(EXPECTED) == {path.name for path in (ROOT / "events").glob("*.json")}


def test_without_an_engine_nothing_counts_as_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'none.sock'}")
    assert main([]) == NOT_RUN
    told = capsys.readouterr().out
    assert "NOT RUN, nothing was checked. neither Docker nor podman answers" in told
    assert "passed" not in told


class EngineWithoutImages(BaseHTTPRequestHandler):
    """Docker's API on a machine that reaches no registry."""

    def do_GET(self) -> None:
        is_image = "/images/" in self.path
        self._send(404 if is_image else 200, {"ApiVersion": "1.44", "message": "No such image"})

    def do_POST(self) -> None:
        self._send(200, {"error": "lookup public.ecr.aws: no such host"})

    def _send(self, status: int, body: dict[str, str]) -> None:
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.mark.storm  # SAM CLI takes seconds to be loaded
def test_without_lambdas_image_it_says_why_nothing_was_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), EngineWithoutImages) as engine:
        threading.Thread(target=engine.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{engine.server_port}")
        with pytest.raises(NotRunError, match=r"cannot be had: lookup .*: no such host"):
            find_gateway()
        engine.shutdown()


@pytest.mark.parametrize("function", sorted(functions()))
def test_what_sam_local_cannot_resolve_is_no_setting(function: str) -> None:
    known = {
        name: value if isinstance(value, str) else "" for name, value in variables(function).items()
    }
    assert Settings.of(known).database_secret_arn == ""


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_error_of_the_function_never_passes(name: str) -> None:
    error = json.dumps({"errorType": "Runtime.ExitError", "errorMessage": "broken"})
    for expected in EXPECTED[name]:
        assert expected.wrong(error)
        assert expected.wrong("")
