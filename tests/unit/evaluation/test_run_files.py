"""Run files: outcomes outlive an interruption, and different runs are not mixed."""

from dataclasses import replace
from pathlib import Path

import pytest

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.run_file import RunFile, read_run
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
