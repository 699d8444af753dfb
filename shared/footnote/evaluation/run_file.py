"""Run files: what was asked of which system, and what became of each question, as JSON lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from footnote.evaluation.arms import Arm
from footnote.evaluation.kept_lines import KeptLines
from footnote.evaluation.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run was made with: figures of different ones must not be mixed in one file.

    Files from before there were arms hold what was asked over HTTP: passages, and who answers.
    What the set is called and the day are told of it, and may differ.
    """

    knowledge_base: str
    searches_only: bool
    version: str
    embedding_model: str
    generation_model: str
    arm: Arm = Arm.RAG
    question_set: str = field(default="", compare=False)
    begun_on: date | None = field(default=None, compare=False)


_RUN = TypeAdapter(Run)
_OUTCOME = TypeAdapter(Outcome)


class RunFile:
    """Outcomes that outlive an interruption."""

    def __init__(self, path: Path) -> None:
        self._lines = _lines(path)

    @property
    def begun(self) -> bool:
        """Whether a run was begun in this file."""
        return self._lines.begun

    def open(self, run: Run) -> list[Outcome]:
        """Begin a run, or go on with it; returns the outcomes that it has already.

        Raises:
            UnprocessableError: the file is of another run, or no run file.
        """
        return _last_of_each(self._lines.open(run))

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome."""
        self._lines.add(outcome)


def read_run(path: Path) -> tuple[Run, list[Outcome]]:
    """A run and its outcomes, the last one of each question; half a line at the end is left out.

    Raises:
        UnprocessableError: it is no run file; names the line.
    """
    run, outcomes = _lines(path).read()
    return run, _last_of_each(outcomes)


def title_of(runs: Sequence[Run]) -> str:
    """What a page about some runs is called: of which documents, by which questions, and when."""
    sets = dict.fromkeys(run.question_set for run in runs if run.question_set)
    days = sorted({run.begun_on for run in runs if run.begun_on})
    ends = dict.fromkeys(f"{day.day} {day:%B %Y}" for day in (*days[:1], *days[-1:]))
    told = ", ".join(filter(None, (*sets, " to ".join(ends))))
    return f"{runs[0].knowledge_base}: {told}" if told else runs[0].knowledge_base


def _lines(path: Path) -> KeptLines[Run, Outcome]:
    return KeptLines(path, _RUN, _OUTCOME, "run file of `footnote eval`")


def _last_of_each(outcomes: list[Outcome]) -> list[Outcome]:
    return list({one.question.question_id: one for one in outcomes}.values())
