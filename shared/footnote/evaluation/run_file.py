"""Run files: what was asked of which system, and what became of each question, as JSON lines."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from footnote.evaluation.arms import Arm
from footnote.evaluation.kept_lines import KeptLines
from footnote.evaluation.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run was made with: figures of different ones must not be mixed in one file.

    Files from before there were arms hold what was asked over HTTP: passages, and who answers.
    """

    knowledge_base: str
    searches_only: bool
    version: str
    embedding_model: str
    generation_model: str
    arm: Arm = Arm.RAG


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


def _lines(path: Path) -> KeptLines[Run, Outcome]:
    return KeptLines(path, _RUN, _OUTCOME, "run file of `footnote eval`")


def _last_of_each(outcomes: list[Outcome]) -> list[Outcome]:
    return list({one.question.question_id: one for one in outcomes}.values())
