"""Which files `footnote add` uploads, and under which names."""

from pathlib import Path

from footnote.cli.documents import files_in


def test_a_file_goes_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.md").touch()
    assert files_in([tmp_path / "a.md"]) == [("a.md", tmp_path / "a.md")]


def test_a_folders_files_keep_their_path_from_it(tmp_path: Path) -> None:
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "b.md").touch()
    (tmp_path / "a.md").touch()
    assert [name for name, _ in files_in([tmp_path])] == ["a.md", "guides/b.md"]


def test_hidden_files_and_folders_stay_out(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").touch()
    (tmp_path / ".DS_Store").touch()
    assert files_in([tmp_path]) == []


def test_a_hidden_file_that_is_named_goes_in(tmp_path: Path) -> None:
    (tmp_path / ".notes.md").touch()
    assert [name for name, _ in files_in([tmp_path / ".notes.md"])] == [".notes.md"]
