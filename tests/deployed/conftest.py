"""One deployment for all tests of this folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from footnote.client import ApiClient
from tests.deployed.deployment import Deployment, deployed
from tests.running_system import folder_for_a_system


@pytest.fixture(scope="session")
def stack() -> Iterator[Deployment]:
    before = dict(os.environ)
    with folder_for_a_system() as folder, deployed(folder, _say) as running:
        os.environ["FOOTNOTE_API_KEY"] = running.api_key
        yield running
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def api(stack: Deployment) -> ApiClient:
    """Through the emulated API Gateway."""
    return ApiClient(stack.rest_api)


def _say(line: str) -> None:
    """Where the run is watched, what takes long is told."""
    if told := os.environ.get("FOOTNOTE_TOLD"):
        with Path(told).open("a") as output:
            output.write(f"{line}\n")
