"""`sam deploy` of template.yaml into an emulated AWS, and everything that it needs around it."""

import json
import os
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3

from footnote.local.database import start_postgres
from footnote.local.emulator import wait_for_emulator
from footnote.local.gateway import Gateway
from footnote.local.workspace import Workspace
from tests.deployed.artifacts import Artifact, Registry
from tests.deployed.completed import complete
from tests.deployed.emulated_aws import CREDENTIALS, start_aws
from tests.deployed.endpoint import InvocationEndpoint
from tests.deployed.runtimes import RuntimePool, find_runtime
from tests.deployed.streaming import StreamingEnvironments
from tests.running_system import free_port

ROOT = Path(__file__).parents[2]
STACK = "footnote-local"
STAGE = "dev"
# How many environments each function may have at once here.
FUNCTIONS: Mapping[str, int] = {
    "MigrateFunction": 1,
    "IntakeFunction": 2,
    "IngestFunction": 2,
    "ReconcileFunction": 1,
    "ApiFunction": 3,
    "StreamFunction": 1,
}


class DeploymentError(Exception):
    """The template could not be deployed, or not as it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A deployed stack and the addresses around it."""

    aws: str
    database_url: str
    folder: Path
    outputs: Mapping[str, str]
    resources: Mapping[str, str]
    pools: Mapping[str, RuntimePool]
    api_key: str = ""
    front: str = ""

    @property
    def rest_api(self) -> str:
        """The REST API at the emulated API Gateway, which does not stream."""
        return f"{self.aws}/restapis/{self.resources['Api']}/{STAGE}/_user_request_"

    @property
    def variables(self) -> dict[str, str]:
        """What makes `footnote` and the AWS command line clients of this deployment."""
        return CREDENTIALS | {
            "AWS_ENDPOINT_URL": self.aws,
            "FOOTNOTE_AWS_ENDPOINT_URL": self.aws,
            "FOOTNOTE_DATABASE_URL": self.database_url,
            "FOOTNOTE_BUCKET": self.outputs["BucketName"],
            "FOOTNOTE_QUEUE_URL": self.outputs["QueueUrl"],
            "FOOTNOTE_DEAD_LETTER_QUEUE_URL": self.outputs["DlqUrl"],
            "FOOTNOTE_API_URL": self.front,
            "FOOTNOTE_API_KEY": self.api_key,
        }

    def deploy_again(self, *parameters: str) -> None:
        """Deploy the same template, with these parameters beside the first ones."""
        _deploy(Workspace(self.folder), self.aws, self.database_url, *parameters)

    def invoke(self, function: str, event: object) -> Any:
        """Invoke a function through the emulated Lambda."""
        client: Any = boto3.client("lambda", endpoint_url=self.aws)
        name = self.resources[function]
        reply = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        answer = json.loads(reply["Payload"].read())
        if "FunctionError" in reply:
            message = f"{function} failed: {answer}"
            raise DeploymentError(message)
        return answer


@contextmanager
def deployed(folder: Path, say: Callable[[str], object]) -> Iterator[Deployment]:
    """Start everything, deploy, and stop everything at the end.

    Raises:
        DeploymentError: the deployment failed, with what SAM said.
    """
    workspace = Workspace(folder)
    workspace.logs.mkdir(parents=True, exist_ok=True)
    os.environ.update(CREDENTIALS)
    with ExitStack() as stopping:
        say("finding Lambda's runtime")
        runtime = find_runtime()
        port = free_port()
        aws = f"http://127.0.0.1:{port}"
        say("starting the database")
        postgres = start_postgres(workspace)
        stopping.callback(postgres.program.stop)
        registry = Registry(aws, folder / "lambda")
        pools = {}
        for name, most in FUNCTIONS.items():
            fetch = partial(_fetch, registry, name, aws)
            pools[name] = RuntimePool(fetch, runtime, workspace.logs / f"{name}.log", most)
            stopping.callback(pools[name].stop)
        endpoint = InvocationEndpoint(pools)
        stopping.callback(endpoint.stop)
        say("starting the emulated AWS")
        proxy = "MINISTACK_LAMBDA_PROXY_"
        proxies = {proxy + physical_name(name): endpoint.url(name) for name in FUNCTIONS}
        emulator = start_aws(workspace, port, proxies)
        stopping.callback(emulator.stop)
        wait_for_emulator(emulator, port)
        say("sam deploy (its output is in logs/deploy.log)")
        _deploy(workspace, aws, postgres.url)
        stack = Deployment(
            aws=aws,
            database_url=postgres.url,
            folder=folder,
            outputs=_outputs(aws),
            resources=_resources(aws),
            pools=pools,
        )
        _require_names(stack.resources)
        complete(aws, stack.resources, STAGE)
        say("making a key")
        key = stack.invoke("MigrateFunction", {"KeyName": "deploy-local"})["key"]
        fetch = partial(_fetch, registry, "StreamFunction", aws)
        streamed = StreamingEnvironments(fetch, runtime, workspace.logs / "StreamFunction.log", 2)
        stopping.callback(streamed.stop)
        front = Gateway(0, pools["ApiFunction"], streamed)
        front.start()
        stopping.callback(front.stop)
        yield replace(stack, api_key=key, front=f"http://127.0.0.1:{front.server_port}")


def physical_name(function: str) -> str:
    """The name that ministack gives to a function: it is derived, so known before."""
    suffix = sha256(f"{STACK}:{function}".encode()).hexdigest()[:13].upper()
    return f"{STACK}-{function}-{suffix}"


def _fetch(registry: Registry, function: str, aws: str) -> Artifact:
    artifact = registry.fetch(physical_name(function))
    # The SDK's own variable: the functions have no setting of this machine.
    here = CREDENTIALS | {"AWS_ENDPOINT_URL": aws}
    return replace(artifact, variables={**artifact.variables, **here})


def _deploy(workspace: Workspace, aws: str, database_url: str, *more: str) -> None:
    always = (f"Stage={STAGE}", "Database=external", f"DatabaseUrl={database_url}", "Alarms=off")
    options = ["--stack-name", STACK, "--parameter-overrides", " ".join((*always, *more))]
    command = ["make", "deploy", f"ARGS={shlex.join(options).replace('$', '$$')}"]
    log = workspace.logs / "deploy.log"
    environment = {**os.environ, **CREDENTIALS, "AWS_ENDPOINT_URL": aws}
    environment.pop("AWS_PROFILE", None)
    with log.open("wb") as output:
        status = subprocess.call(  # noqa: S603 the command is our own
            command, cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    if status:
        told = log.read_text(errors="replace")
        message = f"`sam deploy` ended with status {status}:\n{told[-3000:]}"
        raise DeploymentError(message)


def _outputs(aws: str) -> dict[str, str]:
    client = boto3.client("cloudformation", endpoint_url=aws)
    (stack,) = client.describe_stacks(StackName=STACK)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def _resources(aws: str) -> dict[str, str]:
    client = boto3.client("cloudformation", endpoint_url=aws)
    found = client.describe_stack_resources(StackName=STACK)["StackResources"]
    return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}


def _require_names(resources: Mapping[str, str]) -> None:
    """Under another name a function would run inside ministack, and nothing would be shown."""
    for name in FUNCTIONS:
        if resources.get(name) != physical_name(name):
            message = f"{name} is deployed as {resources.get(name)}, not as {physical_name(name)}"
            raise DeploymentError(message)
