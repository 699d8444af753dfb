"""`make sam-local`: every event in events/ through the real `sam local`, in containers."""

import json
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from footnote.aws.provisioning import Plan, provision
from footnote.aws.session import s3_client
from footnote.bootstrap import index_form
from footnote.local.database import start_postgres
from footnote.local.emulator import wait_for_emulator
from footnote.local.workspace import Workspace
from footnote.postgres.migrate import apply_migrations
from tests.deployed.emulated_aws import ALIAS_VARIABLE, CREDENTIALS, HOST, REGION, start_aws
from tests.postgres_proxy import connect_to
from tests.running_system import folder_for_a_system, free_port
from tests.sam_local.bridge import Bridge
from tests.sam_local.derived import ROOT, write_template
from tests.sam_local.engine import NotRunError, find_gateway
from tests.sam_local.events import EXPECTED, Expected, read_event
from tests.sam_local.over_http import check_start_api

# As test runners have it for what was skipped: neither passed nor failed.
NOT_RUN = 77
_TIMEOUT_S = 400


def main(names: list[str]) -> int:
    """Run the named events, or all and the API over HTTP; print one line each."""
    try:
        gateway = find_gateway()
    except NotRunError as error:
        _say(f"sam local: NOT RUN, nothing was checked. {error}; see docs/sam-local.md")
        return NOT_RUN
    chosen = [(name, one) for name in names or sorted(EXPECTED) for one in EXPECTED[name]]
    with folder_for_a_system("sam") as folder, surroundings(folder, gateway) as variables:
        template = write_template(variables)
        failed = [name for name, one in chosen if not _passes(name, one, template)]
        if not names:
            failed += check_start_api(template, _say)
    _say(f"{len(chosen)} calls, failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


@contextmanager
def surroundings(folder: Path, gateway: str) -> Iterator[dict[str, str]]:
    """A database and an emulated AWS that containers reach, and the variables that say where."""
    workspace = Workspace(folder)
    workspace.logs.mkdir(parents=True)
    os.environ.update(CREDENTIALS)
    with ExitStack() as stopping:
        postgres = start_postgres(workspace)
        stopping.callback(postgres.program.stop)
        apply_migrations(postgres.url, index_form())
        port = free_port()
        aws = stopping.enter_context(
            Bridge(gateway, lambda: socket.create_connection((HOST, port)))
        )
        emulator = start_aws(workspace, port, {ALIAS_VARIABLE: aws.address})
        stopping.callback(emulator.stop)
        wait_for_emulator(emulator, port)
        database = stopping.enter_context(Bridge(gateway, lambda: connect_to(postgres.url)))
        yield _variables(port, aws.address, database.address)


def _variables(port: int, aws: str, database: str) -> dict[str, str]:
    import boto3

    here = f"http://{HOST}:{port}"
    plan = Plan(
        bucket="footnote-documents",
        queue="footnote-notifications",
        work_queue="footnote-work",
        region=REGION,
        function_timeout_s=300,
    )
    made = provision(s3_client(here), boto3.client("sqs", endpoint_url=here), plan)
    return {
        "FOOTNOTE_DATABASE_URL": f"postgresql://postgres@{database}/postgres?sslmode=disable",
        "FOOTNOTE_AWS_ENDPOINT_URL": f"http://{aws}",
        "FOOTNOTE_BUCKET": plan.bucket,
        "FOOTNOTE_QUEUE_URL": made.queue_url.replace(f"{HOST}:{port}", aws),
        "FOOTNOTE_WORK_QUEUE_URL": made.work_queue_url.replace(f"{HOST}:{port}", aws),
        "FOOTNOTE_KEYLESS": "true",
        "FOOTNOTE_EMBEDDER": "local",
    }


def _passes(name: str, expected: Expected, template: Path) -> bool:
    began = time.monotonic()
    reply, told = _invoke(expected, read_event(name), template)
    wrong = expected.wrong(reply)
    took = f"{time.monotonic() - began:.0f} s"
    if wrong:
        _say(f"FAILED  {name}  {expected.function}  {took}: {wrong}\n{told[-2000:]}")
    else:
        _say(f"passed  {name}  {expected.function}  {took}")
    return not wrong


def _invoke(expected: Expected, event: Mapping[str, object], template: Path) -> tuple[str, str]:
    options = ["local", "invoke", expected.function, "--template", str(template), "--event", "-"]
    options += ["--region", REGION, "--skip-pull-image"]
    ran = subprocess.run(  # noqa: S603
        ["make", "--silent", "--no-print-directory", "sam", f"ARGS={shlex.join(options)}"],  # noqa: S607
        cwd=ROOT,
        input=json.dumps(event),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    return ran.stdout.strip(), ran.stderr


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
