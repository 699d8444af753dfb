"""The commands under one name: each once, and no two under the same."""

from collections import Counter
from collections.abc import Iterator

import typer
from typer.testing import CliRunner

from footnote.cli.application import app


def commands(group: typer.Typer, path: str = "footnote") -> Iterator[tuple[str, object]]:
    for command in group.registered_commands:
        yield f"{path} {command.name}", command.callback
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            yield from commands(inner.typer_instance, f"{path} {inner.name}")


def test_no_two_commands_have_one_name() -> None:
    names = Counter(name for name, _ in commands(app))
    assert [name for name, times in names.items() if times > 1] == []


def test_no_command_has_two_names() -> None:
    callbacks = Counter(callback for _, callback in commands(app))
    assert [str(callback) for callback, times in callbacks.items() if times > 1] == []


def test_a_paragraph_of_help_fills_the_terminal() -> None:
    told = CliRunner().invoke(app, ["eval", "--help"], env={"COLUMNS": "240"}).output
    (line,) = [line for line in told.splitlines() if "Found, answered, cited" in line]
    assert "`footnote eval set` keeps question sets" in line
