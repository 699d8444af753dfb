"""Runs ministack with all that a deployment needs, closed to every website that a person visits."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from footnote.local.guarded_emulator import ORIGINS_VARIABLE, Send, admits

if TYPE_CHECKING:
    from footnote.local.lifeline import RunningProgram
    from footnote.local.workspace import Workspace

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
REGION: Final = "eu-central-1"
# Another address than this machine's own by which it may be called; containers have such a one.
ALIAS_VARIABLE = "ALIAS_OF_THIS_MACHINE"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": f"{HOST},localhost",
}


def start_aws(workspace: "Workspace", port: int, more: Mapping[str, str]) -> "RunningProgram":
    """Start it with `more` variables; `wait_for_emulator` waits until it answers."""
    from footnote.local.lifeline import Program, RunningProgram
    from tests.deployed.runtimes import answer_of_make

    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(workspace.root),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "shared"))),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # At start it would remove every container it ever made on this machine's Docker.
        "DOCKER_HOST": f"unix://{workspace.root / 'no-docker.sock'}",
        ORIGINS_VARIABLE: f"http://{HOST}:{port}",
    }
    return RunningProgram(
        Program(
            name="emulated AWS",
            command=[answer_of_make("emulated-aws"), "-m", "tests.deployed.emulated_aws"],
            environment={**environment, **more},
            log=workspace.logs / "aws.log",
        )
    )


def main() -> None:
    """As `footnote.local.guarded_emulator`, with ministack's own paths: deployed code is there."""
    import ministack.app  # type: ignore[import-untyped]

    serve, origins = ministack.app.app, os.environ[ORIGINS_VARIABLE].split(",")
    alias = os.environ.get(ALIAS_VARIABLE, "").encode()

    async def serve_programs(scope: dict[str, Any], receive: object, send: Send) -> None:
        headers = scope.get("headers", ())
        known = [(n, HOST.encode() if n == b"host" and v == alias else v) for n, v in headers]
        if scope["type"] != "http" or admits("/", known, origins):
            await serve(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 403, "headers": []})
        await send({"type": "http.response.body", "body": b"This origin may not.\n"})

    ministack.app.app = serve_programs
    ministack.app.main()


if __name__ == "__main__":
    main()
