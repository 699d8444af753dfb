"""Run files: outcomes outlive an interruption, and different runs are not mixed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.run_file import RunFile, read_run, title_of
from tests.outcomes import RUN, cited, found, outcome, question, said

FIRST = outcome(question("1"), found("a.md"), said("x [1]", cited("a.md", verified=True)))
SECOND = outcome(question("2"), error="there is no such")


def kept(path: Path) -> RunFile:
    file = RunFile(path)
    file.open(RUN)
    file.add(FIRST)
    file.add(SECOND)
    return file


def test_outcomes_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    kept(path)
    assert read_run(path) == (RUN, [FIRST, SECOND])
    assert RunFile(path).open(RUN) == [FIRST, SECOND]


def test_of_a_question_asked_again_the_last_outcome_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    again = outcome(SECOND.question, found("a.md"))
    kept(path).add(again)
    assert read_run(path)[1] == [FIRST, again]


@pytest.mark.parametrize("lost", [1, 2, 200])
def test_half_a_line_is_forgotten_and_the_next_stands_for_itself(tmp_path: Path, lost: int) -> None:
    path = tmp_path / "a.run"
    kept(path)
    path.write_bytes(path.read_bytes()[:-lost])
    file = RunFile(path)
    assert file.open(RUN) == [FIRST]
    file.add(SECOND)
    assert read_run(path)[1] == [FIRST, SECOND]


def test_a_run_of_another_system_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    kept(path)
    with pytest.raises(UnprocessableError, match="generation_model extractive there, gpt now"):
        RunFile(path).open(replace(RUN, generation_model="gpt"))


def test_a_file_of_something_else_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    kept(path)
    path.write_bytes(path.read_bytes() + b'{"question": 1}\n')
    with pytest.raises(UnprocessableError, match=r"line 4: no run file of `footnote eval`"):
        read_run(path)


def test_a_new_file_is_not_begun(tmp_path: Path) -> None:
    assert not RunFile(tmp_path / "a.run").begun
    assert kept(tmp_path / "a.run").begun


def test_a_run_goes_on_under_another_name_of_its_set_and_on_another_day(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    kept(path)
    later = replace(RUN, question_set="moved/qa.jsonl", begun_on=date(2026, 12, 1))
    assert RunFile(path).open(later) == [FIRST, SECOND]
    with pytest.raises(UnprocessableError, match="version 1 there, 2 now\\)"):
        RunFile(path).open(replace(later, version="2"))


def test_a_page_is_called_after_documents_questions_and_days() -> None:
    first = replace(RUN, question_set="help/qa.jsonl", begun_on=date(2026, 11, 29))
    assert title_of([RUN]) == "help"
    assert title_of([first, first]) == "help: help/qa.jsonl, 29 November 2026"
    later = replace(first, question_set="asked@3f2a", begun_on=date(2026, 12, 1))
    assert title_of([first, later]) == (
        "help: help/qa.jsonl, asked@3f2a, 29 November 2026 to 1 December 2026"
    )
