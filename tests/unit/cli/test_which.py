"""`footnote which`: run files of arms to advice, for people, for programs and as a page."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from footnote.cli.application import app
from footnote.evaluation.arms import Arm
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.run_file import RunFile
from tests.outcomes import RUN, outcome, question, said

QUESTIONS = [question(f"q{at}", gold=(f"{at % 30}.md",)) for at in range(120)]


def run_of(folder: Path, arm: Arm, right: int, cost_usd: float = 0.01, kb: str = "help") -> Path:
    """A run whose first answers are right."""
    outcomes = [
        outcome(one, reply=said("thirty days" if at < right else "No.", cost_usd=cost_usd))
        for at, one in enumerate(QUESTIONS)
    ]
    return written(folder / f"{kb}.{arm.value}.run", arm, outcomes, kb)


def written(path: Path, arm: Arm, outcomes: Sequence[Outcome], kb: str = "help") -> Path:
    file = RunFile(path)
    file.open(replace(RUN, arm=arm, knowledge_base=kb))
    for one in outcomes:
        file.add(one)
    return path


def which(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["which", *map(str, arguments)])


def advice(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return {one["behaviour"]: one for one in json.loads(result.stdout)["behaviours"]}


def test_each_behaviour_gets_advice_with_its_evidence(tmp_path: Path) -> None:
    runs = [run_of(tmp_path, Arm.RAG, 60), run_of(tmp_path, Arm.FINE_TUNED, 115, 0.001)]
    result = which(*runs)
    assert result.exit_code == 0, result.output
    assert "knowledge: fine-tune" in result.stdout
    assert "about 100 good examples" in result.stdout
    assert "120 questions of 30 documents" in result.stdout


def test_the_evidence_fits_a_terminal_of_eighty_characters(tmp_path: Path) -> None:
    told = which(run_of(tmp_path, Arm.BASE, 10), run_of(tmp_path, Arm.RAG, 120)).stdout
    (base, *_) = [line for line in told.splitlines() if line.startswith("  base")]
    assert base.split()[1:6:2] == ["0.083", "to", "-0.917"]
    assert len(base.rstrip()) <= 80


def test_programs_get_the_same_as_json(tmp_path: Path) -> None:
    told = advice(which(run_of(tmp_path, Arm.BASE, 10), run_of(tmp_path, Arm.RAG, 120), "--json"))
    assert told["knowledge"]["advice"] == "RAG is enough"
    assert told["knowledge"]["arms"]["rag"]["value"] == 1
    assert told["knowledge"]["less_rag"]["base"]["high"] < 0
    assert told["declining"]["advice"] == "RAG is enough"


def test_a_cheaper_arm_that_knows_as_much_is_for_cost_and_breaks_even(tmp_path: Path) -> None:
    runs = [run_of(tmp_path, Arm.RAG, 120), run_of(tmp_path, Arm.FINE_TUNED, 120, 0.002)]
    result = which(*runs, "--json", "--questions-a-month", 10_000, "--serving-usd", 40)
    assert advice(result)["cost"]["advice"] == "fine-tune"
    even = json.loads(result.stdout)["break_even"]["fine-tuned"]
    assert (even["hosted_usd"], even["tuned_usd"]) == pytest.approx((100, 60))
    assert even["from_questions"] == pytest.approx(5_000)


def test_what_training_costs_is_not_known_unless_it_is_said(tmp_path: Path) -> None:
    runs = [run_of(tmp_path, Arm.RAG, 120), run_of(tmp_path, Arm.FINE_TUNED, 120, 0.002)]
    unknown = which(*runs, "--questions-a-month", 10_000).stdout
    assert "paid back is not known" in unknown
    assert "months" not in unknown
    told = which(*runs, "--questions-a-month", 10_000, "--training-usd", 80).stdout
    assert "paid back in 1.0 months" in " ".join(told.split())


def test_a_target_and_rules_of_ones_own_count(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[terminology.instead_of]\n"30 d" = ["thirty days"]')
    run = run_of(tmp_path, Arm.RAG, 60)
    told = advice(which(run, "--json", "--rules", rules, "--target", "knowledge=0.3"))
    assert told["knowledge"]["advice"] == "RAG is enough"
    assert told["terminology"]["advice"] == "fix the prompt first"


def test_arms_are_compared_on_the_questions_that_all_were_asked(tmp_path: Path) -> None:
    some = [outcome(one, reply=said()) for one in QUESTIONS[:40]]
    failed = [outcome(one, error="503") for one in QUESTIONS[40:]]
    base = written(tmp_path / "base.run", Arm.BASE, [*some, *failed])
    result = which(base, run_of(tmp_path, Arm.RAG, 60), "--json")
    assert json.loads(result.stdout)["questions"] == 40


def test_the_page_takes_no_text_for_markup(tmp_path: Path) -> None:
    run = run_of(tmp_path, Arm.RAG, 60)
    head, *lines = run.read_text().splitlines(keepends=True)
    named = json.loads(head) | {"question_set": "<b>x/qa.jsonl", "begun_on": "2026-11-29"}
    run.write_text("".join([json.dumps(named) + "\n", *lines]))
    page = tmp_path / "which.html"
    assert which(run, "--report", page).exit_code == 0
    text = page.read_text()
    assert "<b>x" not in text
    assert "<h1>help: &lt;b&gt;x/qa.jsonl, 29 November 2026</h1>" in text
    assert "fix the prompt first" in text
    assert text.count("<svg") == 3
    assert "http-equiv" in text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["help.base.run"], "no run of the arm rag"),
        (["help.rag.run", "help.rag.run"], "another run of the arm rag"),
        (["help.rag.run", "other.base.run"], "is of other"),
        (["help.rag.run", "--target", "cost=1"], "such as knowledge=0.8"),
        (["help.rag.run", "--target", "tone=nan"], "such as knowledge=0.8"),
        (["none.run"], "no run file"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, arguments: list[str], why: str) -> None:
    run_of(tmp_path, Arm.RAG, 60)
    run_of(tmp_path, Arm.BASE, 60)
    run_of(tmp_path, Arm.BASE, 60, kb="other")
    (tmp_path / "none.run").write_text("x\n")
    paths = [tmp_path / one if one.endswith(".run") else one for one in arguments]
    result = which(*paths)
    assert result.exit_code == 2
    assert why in " ".join(result.output.split())
