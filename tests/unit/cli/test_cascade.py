"""`footnote eval cascade`: two kept runs to a curve, for people, for programs and as a page."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from footnote.cli.application import app
from footnote.evaluation.arms import Arm
from tests.outcomes import cited, outcome, question, said
from tests.unit.cli.test_which import written

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """A cheap model that is right mostly where its quote is verified, and a better dear one."""
    source = np.random.default_rng(7)
    cheap, dear = [], []
    for at in range(240):
        asked = replace(question(f"q{at}", gold=(f"{at % 40}.md",)), answers=("thirty days",))
        verified = bool(source.uniform() < 0.6)
        is_right = source.uniform() < (0.99 if verified else 0.2)
        reply = said("thirty days" if is_right else "no", cited("a.md", verified=verified),
                     cost_usd=0.001)  # fmt: skip
        cheap.append(outcome(asked, reply=reply))
        good = source.uniform() < 0.95
        dear.append(outcome(asked, reply=said("thirty days" if good else "no", cost_usd=0.01)))
    return (
        written(tmp_path / "cheap.run", Arm.RAG, cheap),
        written(tmp_path / "dear.run", Arm.RAG, dear),
    )


def cascade(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["eval", "cascade", *map(str, arguments)])


def test_programs_get_the_curve_and_what_is_advised(runs: tuple[Path, Path]) -> None:
    result = cascade(*runs, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["verdict"].startswith("the signal routes better than chance")
    assert told["curve"]["usd"][0] == pytest.approx(1)
    assert told["curve"]["usd"][-1] == pytest.approx(11)
    assert told["dear_alone"]["usd"] == pytest.approx(10)
    assert told["advised"]["usd"] < 10
    assert told["limits"][0]["share"] == 0
    assert told["limits"][-1]["share"] == 1


def test_people_get_a_table_and_a_page_that_takes_no_text_for_markup(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    lines = runs[0].read_text().splitlines()
    first = json.loads(lines[0]) | {"generation_model": HOSTILE}
    runs[0].write_text("\n".join([json.dumps(first), *lines[1:], ""]))
    page = tmp_path / "cascade.html"
    result = cascade(*runs, "--beside", runs[1], "--report", page)
    assert result.exit_code == 0, result.output
    assert "The signal routes better than chance" in result.stdout
    assert "as it was run: 0.9" in result.stdout
    text = page.read_text()
    assert "<svg" in text
    assert "&lt;script&gt;" in text
    assert HOSTILE not in text


@pytest.mark.parametrize("how", ["other", "malformed"])
def test_what_is_no_pair_of_runs_is_refused(
    runs: tuple[Path, Path], tmp_path: Path, how: str
) -> None:
    path = tmp_path / "other.run"
    if how == "other":
        written(path, Arm.RAG, [outcome(question(), reply=said())], kb="sales")
    else:
        path.write_text("nothing\n")
    result = cascade(runs[0], path)
    assert result.exit_code == 2
    assert "other.run" in result.output
