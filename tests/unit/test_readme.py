"""The README and the page of settings are held to the code: settings, commands, folders, links."""

import re
from pathlib import Path

from pydantic import SecretStr

from footnote.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "docs/settings.md").read_text()
SETTING = re.compile(r"^\| `(FOOTNOTE_\w+)` \| (.*?) \| (.*) \|$", re.MULTILINE)


def test_the_settings_table_is_what_the_code_reads() -> None:
    told = {name: (default, what) for name, default, what in SETTING.findall(SETTINGS)}
    read = {}
    for name, field in Settings.model_fields.items():
        default = field.default
        value = default.get_secret_value() if isinstance(default, SecretStr) else default
        shown = f"`{value}`" if value != "" else ""
        read[f"FOOTNOTE_{name.upper()}"] = (shown, field.description)
    assert told == read


def test_every_make_command_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= targets


def test_every_link_and_folder_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    folders = re.findall(r"^\| .*?`([\w/.-]+/)`", README, re.MULTILINE)
    assert links
    assert folders
    assert [path for path in links + folders if not (ROOT / path).exists()] == []


def test_it_can_be_read_in_one_sitting() -> None:
    assert 110 <= len(README.splitlines()) <= 150
