"""One run at a time on a folder."""

import os
from pathlib import Path

import pytest

from footnote.domain.errors import SettingsError
from footnote.local.workspace import Hold, Workspace

URL = "http://127.0.0.1:8080"


def test_a_second_run_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    hold = Hold(Workspace(tmp_path), url=URL)
    with pytest.raises(SettingsError, match=f"process {os.getpid()}, {URL}.*--data-dir"):
        Hold(Workspace(tmp_path), url="http://127.0.0.1:9090")
    hold.release()


def test_a_released_folder_can_be_held_again(tmp_path: Path) -> None:
    Hold(Workspace(tmp_path), url=URL).release()
    Hold(Workspace(tmp_path), url=URL).release()


def test_a_stale_lock_file_holds_nobody_back(tmp_path: Path) -> None:
    (tmp_path / "up.lock").write_text('{"pid": 1, "url": "http://127.0.0.1:1"}')
    Hold(Workspace(tmp_path), url=URL).release()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match="--data-dir"):
        Hold(Workspace(tmp_path / "file" / "folder"), url=URL)
