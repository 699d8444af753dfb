"""The API through `sam local start-api`."""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import urllib3

from tests.running_system import free_port
from tests.sam_local.derived import ROOT

_PATIENCE_S = 120
_CALLS = (
    ("GET", "/healthz", None, '"ok"'),
    ("POST", "/v1/search", '{"question": "set up the router"}', "passages"),
)


def check_start_api(template: Path, say: Callable[[str], object]) -> list[str]:
    """Call it twice; what failed."""
    port = free_port()
    options = ["local", "start-api", "--template", str(template), "--port", str(port)]
    options += ["--region", "eu-central-1", "--skip-pull-image", "--warm-containers", "LAZY"]
    process = subprocess.Popen(  # noqa: S603
        ["make", "--silent", "--no-print-directory", "sam", f"ARGS={shlex.join(options)}"],  # noqa: S607
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return [
            f"start-api {path}"
            for method, path, body, word in _CALLS
            if not _answers(f"http://127.0.0.1:{port}{path}", method, body, word, say)
        ]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)


def _answers(
    url: str, method: str, body: str | None, word: str, say: Callable[[str], object]
) -> bool:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        began = time.monotonic()
        try:
            reply = urllib3.request(
                method,
                url,
                body=body,
                headers={"Content-Type": "application/json"},
                timeout=_PATIENCE_S,
                retries=False,
            )
        except urllib3.exceptions.HTTPError:  # it is starting
            time.sleep(0.5)
            continue
        good = reply.status == 200 and word in reply.data.decode()
        say(
            f"{'passed' if good else 'FAILED'}  start-api {method} {url}  "
            f"{time.monotonic() - began:.2f} s  {'' if good else reply.data[:300]!r}"
        )
        return good
    say(f"FAILED  start-api {method} {url}: no reply in {_PATIENCE_S} s")
    return False
