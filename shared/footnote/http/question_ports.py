"""What the routes need from inside that are there at once."""

from collections.abc import Callable
from dataclasses import dataclass

from footnote.access.door import Door
from footnote.ask_ports import AskPorts


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPorts:
    """What the routes call that take a question, and who lets a request in."""

    door: Door
    ask: AskPorts
    max_question_chars: int
    question_timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPorts(QuestionPorts):
    """The same, and what tells whether questions can be answered."""

    database_is_up: Callable[[], None]
    embedding_model: str
    version: str
