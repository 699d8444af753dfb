"""`footnote growth`: a size that fits nowhere here, with everything that it assumes."""

import json

import pytest
from typer.testing import CliRunner, Result

from footnote.cli.application import app


def growth(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["growth", *map(str, arguments)])


def test_people_see_databases_limits_cost_and_every_assumption() -> None:
    shown = growth().stdout
    assert "1,000,000,000 chunks in 10,000 knowledge bases, 1,000 questions a second" in shown
    for part in ("Databases:", "What breaks first", "A month at this rate", "Assumed:", "M/M/c"):
        assert part in shown


def test_programs_see_the_same() -> None:
    reply = json.loads(growth("--chunks", 1e8, "--rate", 10, "--json").stdout)
    assert reply["wanted"]["chunks"] == 1e8
    assert reply["databases"] >= 1
    assert reply["searches"]["busiest"]["p95_ms"] >= reply["searches"]["average"]["p95_ms"] > 0
    assert reply["month_usd"] == pytest.approx(sum(reply["month_parts"].values()), abs=0.1)
    assert len(reply["assumptions"]) >= 8


def test_one_knowledge_base_of_everything_is_said_not_to_fit() -> None:
    assert "It does not fit" in growth("--knowledge-bases", 1).stdout


@pytest.mark.parametrize("option", ["--chunks", "--rate", "--busiest", "--load", "--by-model"])
@pytest.mark.parametrize("value", ["nan", "inf"])
def test_what_is_no_number_to_reckon_with_is_refused(option: str, value: str) -> None:
    assert growth(option, value).exit_code == 2


def test_a_missing_curve_is_refused_in_words() -> None:
    result = growth("--curve", "none.toml")
    assert result.exit_code == 1
    assert "cannot be read as a curve" in " ".join(result.stderr.split())
