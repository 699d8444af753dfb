"""Run files: what was asked of which system, and what became of each question, as JSON lines."""

from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.arms import Arm
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
    """Outcomes that outlive an interruption: each line is written whole or cut off by `open`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def begun(self) -> bool:
        """Whether a run was begun in this file."""
        return self._path.exists() and self._path.stat().st_size > 0

    def open(self, run: Run) -> list[Outcome]:
        """Begin a run, or go on with it; returns the outcomes that it has already.

        Raises:
            UnprocessableError: the file is of another run, or no run file.
        """
        if not self.begun:
            self._append(_RUN.dump_json(run))
            return []
        begun, outcomes = read_run(self._path)
        if begun != run:
            message = f"{self._path} holds another run ({_differing(begun, run)}): name a new file"
            raise UnprocessableError(message)
        self._cut_off_half_a_line()
        return outcomes

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome."""
        self._append(_OUTCOME.dump_json(outcome))

    def _append(self, line: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(line + b"\n")

    def _cut_off_half_a_line(self) -> None:
        content = self._path.read_bytes()
        if not content.endswith(b"\n"):
            with self._path.open("r+b") as file:
                file.truncate(content.rfind(b"\n") + 1)


def read_run(path: Path) -> tuple[Run, list[Outcome]]:
    """A run and its outcomes, the last one of each question; half a line at the end is left out.

    Raises:
        UnprocessableError: it is no run file; names the line.
    """
    *lines, _ = path.read_bytes().split(b"\n")
    run = _parsed(_RUN, lines[0] if lines else b"", f"{path}, line 1")
    outcomes = {}
    for number, line in enumerate(lines[1:], start=2):
        outcome = _parsed(_OUTCOME, line, f"{path}, line {number}")
        outcomes[outcome.question.question_id] = outcome
    return run, list(outcomes.values())


def _parsed[T](form: TypeAdapter[T], line: bytes, where: str) -> T:
    try:
        return form.validate_json(line)
    except ValidationError as error:
        message = f"{where}: no run file of `footnote eval` ({error.errors()[0]['msg']})"
        raise UnprocessableError(message) from error


def _differing(one: Run, other: Run) -> str:
    there, now = asdict(one), asdict(other)
    names = [name for name in there if there[name] != now[name]]
    return ", ".join(f"{name} {there[name]} there, {now[name]} now" for name in names)
