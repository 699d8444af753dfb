"""How the operator's commands find what they work on."""

import json
import os
import stat
from pathlib import Path

import pytest

from footnote.aws.provisioning import Provisioned
from footnote.domain.errors import SettingsError
from footnote.local.connection import find_deployment, forget_connection, write_connection
from footnote.local.functions import Addresses
from footnote.local.workspace import Workspace

MADE = Provisioned(
    queue_url="http://127.0.0.1:4566/0/notifications",
    queue_arn="arn",
    work_queue_url="http://127.0.0.1:4566/0/work",
    work_queue_arn="arn",
    dead_letter_url="http://127.0.0.1:4566/0/dead",
)
ADDRESSES = Addresses(database_url="postgresql:///db", s3_port=4566)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the commands change in their own process is undone."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    for name in [name for name in os.environ if name.startswith("FOOTNOTE_")]:
        del os.environ[name]


def running(root: Path) -> Workspace:
    workspace = Workspace(root)
    write_connection(workspace, ADDRESSES, MADE)
    return workspace


def test_a_running_system_is_found_in_its_folder(tmp_path: Path) -> None:
    running(tmp_path)
    find_deployment(tmp_path)
    assert os.environ["FOOTNOTE_DATABASE_URL"] == "postgresql:///db"
    assert os.environ["FOOTNOTE_QUEUE_URL"].endswith("/notifications")
    assert os.environ["FOOTNOTE_DEAD_LETTER_QUEUE_URL"].endswith("/dead")
    assert os.environ["FOOTNOTE_AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert os.environ["AWS_ACCESS_KEY_ID"] == "test"


def test_only_its_owner_can_read_how_to_connect(tmp_path: Path) -> None:
    assert stat.S_IMODE(running(tmp_path).connection.stat().st_mode) == 0o600


def test_settings_come_before_the_folder_that_nobody_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".footnote").mkdir()
    running(tmp_path / ".footnote")
    monkeypatch.chdir(tmp_path)
    os.environ["FOOTNOTE_QUEUE_URL"] = "https://sqs.example/1/deployed"
    find_deployment(None)
    assert "FOOTNOTE_DATABASE_URL" not in os.environ
    find_deployment(Path(".footnote"))
    assert os.environ["FOOTNOTE_QUEUE_URL"].endswith("/notifications")


@pytest.mark.parametrize("content", [None, "", "{}", "[]"])
def test_a_folder_without_a_running_system_says_what_to_do(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        Workspace(tmp_path).connection.write_text(content)
    with pytest.raises(SettingsError, match=r"make run.*--data-dir.*FOOTNOTE_QUEUE_URL"):
        find_deployment(tmp_path)


def test_a_system_that_stopped_is_no_longer_found(tmp_path: Path) -> None:
    workspace = running(tmp_path)
    assert json.loads(workspace.connection.read_text())
    forget_connection(workspace)
    forget_connection(workspace)
    with pytest.raises(SettingsError):
        find_deployment(tmp_path)
