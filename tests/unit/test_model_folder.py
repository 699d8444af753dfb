"""Where the local model is looked for, and what is said when it is not there."""

from pathlib import Path

import pytest

from footnote.domain.errors import SettingsError
from footnote.embedding.local import LocalEmbedder
from footnote.embedding.model_folder import MODEL, default_model_dir, is_complete


def test_the_model_lies_in_the_users_cache_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_model_dir().parent == tmp_path / "footnote" / "models"
    assert default_model_dir().name.startswith(f"{MODEL}-")


def test_an_empty_cache_setting_means_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert default_model_dir().is_relative_to(Path.home() / ".cache")


def test_a_folder_is_complete_once_its_manifest_is_there(tmp_path: Path) -> None:
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).touch()
        assert not is_complete(tmp_path)
    (tmp_path / "manifest.json").touch()
    assert is_complete(tmp_path)


def test_a_missing_model_is_reported_with_the_command_that_builds_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"make setup.*build_local_model --output"):
        LocalEmbedder(tmp_path / "nowhere")
