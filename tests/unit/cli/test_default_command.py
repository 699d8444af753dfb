"""A command that needs no name."""

from typer.testing import CliRunner

from footnote.cli.application import app


def test_its_usage_is_told_as_people_type_it() -> None:
    told = CliRunner().invoke(app, ["eval", "--help"]).stdout
    assert "Usage: footnote eval [OPTIONS]" in told
    assert "eval ask" not in told


def test_other_commands_of_the_group_keep_their_names() -> None:
    told = CliRunner().invoke(app, ["eval", "set", "--help"]).stdout
    assert "Usage: footnote eval set" in told


def test_a_usage_error_sends_to_the_help_that_people_can_ask_for() -> None:
    told = CliRunner().invoke(app, ["eval", "--bogus"]).stderr
    assert "Try 'footnote eval --help'" in told
    assert "eval ask" not in told
