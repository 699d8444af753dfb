"""The S3 and SQS endpoint: ministack, with its objects kept in the workspace.

Objects, their versions and delete markers are on disk before a PUT is answered; queues live in
memory only. `recovery` sends again what a queue lost.
"""

import http.client
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Final

from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.local.guarded_emulator import HEALTH_PATH, ORIGINS_VARIABLE
from footnote.local.lifeline import Program, RunningProgram
from footnote.local.ports import HOST
from footnote.local.workspace import Workspace

REGION: Final = "eu-central-1"
START_TIMEOUT_S = 30.0


def start_emulator(workspace: Workspace, port: int, origins: Sequence[str]) -> RunningProgram:
    """Start the endpoint, closed to every website but `origins`.

    It answers once `wait_for_emulator` returns.
    """
    return RunningProgram(
        Program(
            name="S3 and SQS endpoint",
            command=[sys.executable, "-m", "footnote.local.guarded_emulator"],
            environment={**_environment(workspace, port), ORIGINS_VARIABLE: ",".join(origins)},
            log=workspace.logs / "s3-sqs.log",
        )
    )


def wait_for_emulator(program: RunningProgram, port: int) -> None:
    """Return as soon as the endpoint answers.

    Raises:
        ObjectStorageUnavailableError: it ended or did not answer in time.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while not answers(port):
        if program.exit_status() is not None or time.monotonic() > deadline:
            message = f"the {program.name} did not start; see {program.log}"
            raise ObjectStorageUnavailableError(message)
        time.sleep(0.05)


def _environment(workspace: Workspace, port: int) -> Mapping[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(workspace.documents),
        "LOG_LEVEL": "WARNING",
        "MINISTACK_WORKER_THREADS": "16",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # At start it would remove every container it ever made on this machine's Docker.
        "DOCKER_HOST": f"unix://{workspace.root / 'no-docker.sock'}",
    }


def answers(port: int) -> bool:
    """Whether an endpoint of this kind is at the port now."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", HEALTH_PATH)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
