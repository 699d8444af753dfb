"""What runs containers here: Docker, or podman behind Docker's API; SAM CLI speaks to either."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMAGE = "public.ecr.aws/lambda/python:3.13-x86_64"
# Run by SAM CLI's own Python, so that what it finds is what SAM CLI finds. What was wrong is the
# last line of its errors.
_LOOK = f"""
import sys
import docker
try:
    client = docker.from_env()
    client.ping()
except docker.errors.DockerException as error:
    sys.exit(f"neither Docker nor podman answers: {{error}}")
try:
    client.images.get("{IMAGE}")
except docker.errors.ImageNotFound:
    repository, tag = "{IMAGE}".split(":")
    try:
        told = list(client.api.pull(repository, tag, stream=True, decode=True))
        wrong = [line["error"] for line in told if "error" in line]
    except docker.errors.APIError as error:
        wrong = [error]
    if wrong:
        sys.exit(f"Lambda's image {IMAGE} cannot be had: {{' '.join(str(wrong[-1]).split())}}")
for name in ("bridge", "podman"):
    try:
        found = client.networks.get(name).attrs["IPAM"]["Config"]
    except docker.errors.NotFound:
        continue
    print(found[0]["Gateway"])
    break
"""


class NotRunError(Exception):
    """Nothing here can run Lambda's containers, so nothing was checked."""


def find_gateway() -> str:
    """The address at which containers reach this machine.

    Raises:
        NotRunError: no engine answers, or Lambda's image cannot be had.
    """
    looked = subprocess.run(
        ["make", "--silent", "--no-print-directory", "sam-python"],  # noqa: S607
        input=_LOOK,
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if looked.returncode or not looked.stdout.strip():
        told = [line for line in looked.stderr.splitlines() if not line.startswith("make")]
        raise NotRunError(told[-1] if told else "no network that is a bridge")
    return looked.stdout.split()[-1]
