"""How `footnote up` runs each function: the same limits and variables as in `template.yaml`."""

import os
from dataclasses import dataclass

from footnote.local.emulator import REGION
from footnote.local.function import Function
from footnote.local.ports import HOST
from footnote.local.repository import Repository
from footnote.local.workspace import Workspace

BUCKET = "footnote-documents"
QUEUE = "footnote-notifications"
WORK_QUEUE = "footnote-work"
ACCOUNT = "000000000000"
API_TIMEOUT_S = 28
INGEST_TIMEOUT_S = 300
API_MEMORY_MB = 1769
INGEST_MEMORY_MB = 3008
INTAKE_TIMEOUT_S = 30
INTAKE_MEMORY_MB = 512
# Enough for clients that hold an environment while they wait for a document.
MOST_API_ENVIRONMENTS = 6

# What a hosted model may need to be reached; nothing else of the person's environment passes.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
)
_LOCAL_CREDENTIALS = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
# A proxy cannot reach this machine's own endpoints.
_NO_PROXY = {"NO_PROXY": f"{HOST},localhost", "no_proxy": f"{HOST},localhost"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the functions find what they use."""

    database_url: str
    s3_port: int

    @property
    def aws_endpoint_url(self) -> str:
        """The S3 and SQS endpoint."""
        return f"http://{HOST}:{self.s3_port}"

    def queue_url(self, name: str) -> str:
        """A queue's URL at the emulator, which is known before the queue is made."""
        return f"{self.aws_endpoint_url}/{ACCOUNT}/{name}"


def api_function(
    repository: Repository,
    workspace: Workspace,
    addresses: Addresses,
    environments: int,
    *,
    keyless: bool,
) -> Function:
    """Answers HTTP requests."""
    environment = _environment("footnote-api", API_MEMORY_MB, addresses)
    return Function(
        name="footnote-api",
        handler=repository.handler("api"),
        environment=environment | {"FOOTNOTE_KEYLESS": str(keyless)},
        log=workspace.logs / "api.log",
        timeout_s=API_TIMEOUT_S,
        least=environments,
        most=max(environments, MOST_API_ENVIRONMENTS),
    )


def stream_function(
    repository: Repository,
    workspace: Workspace,
    addresses: Addresses,
    environments: int,
    *,
    keyless: bool,
) -> Function:
    """Answers questions while the answer is being written."""
    environment = _environment("footnote-stream", API_MEMORY_MB, addresses)
    return Function(
        name="footnote-stream",
        handler=repository.handler("stream"),
        environment=environment | {"FOOTNOTE_KEYLESS": str(keyless)},
        log=workspace.logs / "stream.log",
        timeout_s=API_TIMEOUT_S,
        least=1,
        most=max(environments, MOST_API_ENVIRONMENTS),
    )


def intake_function(repository: Repository, workspace: Workspace, addresses: Addresses) -> Function:
    """Takes notifications in; one environment takes hundreds in a second."""
    return Function(
        name="footnote-intake",
        handler=repository.handler("intake"),
        environment=_environment("footnote-intake", INTAKE_MEMORY_MB, addresses),
        log=workspace.logs / "intake.log",
        timeout_s=INTAKE_TIMEOUT_S,
        least=1,
        most=1,
    )


def ingest_function(
    repository: Repository, workspace: Workspace, addresses: Addresses, environments: int
) -> Function:
    """Turns what was taken in into knowledge."""
    return Function(
        name="footnote-ingest",
        handler=repository.handler("ingest"),
        environment=_environment("footnote-ingest", INGEST_MEMORY_MB, addresses),
        log=workspace.logs / "ingest.log",
        timeout_s=INGEST_TIMEOUT_S,
        least=environments,
        most=environments,
    )


def _environment(name: str, memory_mb: int, addresses: Addresses) -> dict[str, str]:
    inherited = {
        variable: value
        for variable, value in os.environ.items()
        if variable in _PASSED_ON or variable.startswith("FOOTNOTE_")
    }
    return inherited | {
        "FOOTNOTE_DATABASE_URL": addresses.database_url,
        "FOOTNOTE_AWS_ENDPOINT_URL": addresses.aws_endpoint_url,
        "FOOTNOTE_BUCKET": BUCKET,
        "FOOTNOTE_QUEUE_URL": addresses.queue_url(QUEUE),
        "FOOTNOTE_WORK_QUEUE_URL": addresses.queue_url(WORK_QUEUE),
        **_LOCAL_CREDENTIALS,
        **_NO_PROXY,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "POWERTOOLS_SERVICE_NAME": name.removeprefix("footnote-"),
        "PYTHONUNBUFFERED": "1",
    }


def use_local_credentials() -> None:
    """Make this process a client of the local endpoint; a person's own credentials stay out."""
    os.environ.pop("AWS_PROFILE", None)
    os.environ.update(_LOCAL_CREDENTIALS)
    os.environ.update(_NO_PROXY)
