"""`footnote up`: what a person sees of the local system, from the first line to Ctrl-C."""

import logging
import os
import signal
import time
from pathlib import Path
from types import FrameType

from rich.console import Console

from footnote.domain.errors import FootnoteError, TransientError
from footnote.local.functions import BUCKET
from footnote.local.repository import SAMPLE_KNOWLEDGE_BASE, find_repository
from footnote.local.steps import Steps
from footnote.local.system import LocalSystem, Options
from footnote.local.workspace import Workspace
from footnote.masked_logs import guard_logs

_WATCH_S = 0.5


def run(options: Options, console: Console) -> int:
    """Start, wait for Ctrl-C or SIGTERM, stop; return the exit status."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    _log_to(Workspace(options.root).logs / "up.log")
    steps = Steps(console)
    try:
        system = LocalSystem(options, find_repository())
        try:
            with steps:
                _prepare_model(steps)
                system.start(_migrate, steps.begin)
            _greet(options, console, steps.elapsed_s)
            raise TransientError(_wait_for_an_end(system))
        except KeyboardInterrupt:
            console.print("\nStopping: finishing what is being worked on.", style="dim")
            return 0
        finally:
            _stop(system)
    except FootnoteError as error:
        console.print(f"\nfootnote up: {error}.", style="red", markup=False, soft_wrap=True)
        return 1


def _prepare_model(steps: Steps) -> None:
    """Build the local embedding model where it is needed and missing."""
    from footnote.bootstrap import model_dir, settings
    from footnote.embedding.model_folder import is_complete

    folder = model_dir()
    if settings().embeds_hosted or is_complete(folder):
        return
    from footnote.embedding.build_local_model import build_local_model

    steps.begin("building the local embedding model, once")
    build_local_model(folder, steps.detail)


def _migrate(url: str) -> None:
    from footnote.bootstrap import index_form
    from footnote.postgres.migrate import apply_migrations

    apply_migrations(url, index_form())


def _wait_for_an_end(system: LocalSystem) -> str:
    """Which part ended by itself; Ctrl-C and SIGTERM come as KeyboardInterrupt before that."""
    while not (ended := system.dead_part()):
        time.sleep(_WATCH_S)
    return ended


def _stop(system: LocalSystem) -> None:
    # Whoever asks again does not want to wait: every child process ends with this one.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(130))
    system.stop()


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def _log_to(path: Path) -> None:
    handler = logging.FileHandler(path, delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    guard_logs()
    logger = logging.getLogger("footnote.local")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def _greet(options: Options, console: Console, elapsed_s: float) -> None:
    knowledge_base = SAMPLE_KNOWLEDGE_BASE if options.sample else "default"
    question = "Why can a late upload notification not bring a deleted document back?"
    s3 = f"http://127.0.0.1:{options.s3_port}"
    console.print(f"\n[bold green]Footnote is ready[/] after {elapsed_s:.1f} s\n")
    for line in (
        f"  page and API   {options.url}",
        f"  S3             {s3}   bucket {BUCKET}, key test, secret test",
        f"  logs           {options.root / 'logs'}",
        "",
        "Ask:",
        f"  curl -s {options.url}/v1/ask -H 'content-type: application/json' \\",
        f'    -d \'{{"question": "{question}", "knowledge_base": "{knowledge_base}"}}\'',
        "",
        "Add a document (the first folder names the knowledge base):",
        "  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=eu-central-1 \\",
        f"    aws --endpoint-url {s3} s3 cp handbook.pdf s3://{BUCKET}/default/handbook.pdf",
        "",
        "Ctrl-C stops everything; documents and index stay.",
    ):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
