"""Every arm asked the same questions in turn, so that all of them share the machine's moods."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.search.arms import Answer, Arm, Passing
from benchmarks.search.questions import AskedQuestion

WARM = 10
# What a filter lets through, by the attributes that the documents were given.
SHARES: dict[str, Passing] = {
    "all": {},
    "10 %": {"of_10": 3},
    "1 %": {"of_100": 3},
    "0.1 %": {"of_1000": 3},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One arm on one share: every time in ms, and the recall and the rows of each question."""

    arm: str
    share: str
    times: tuple[float, ...]
    recalls: tuple[float, ...]
    rows: tuple[int, ...]


def measure(
    arms: Sequence[Arm],
    questions: Sequence[AskedQuestion],
    share: str,
    rounds: int,
    done: Callable[[], None] = lambda: None,
) -> list[Measured]:
    """Ask each arm each question, `rounds` times; another arm begins each time."""
    passing = SHARES[share]
    for question in questions[:WARM]:
        for arm in arms:
            arm.search(question, passing)
    answers: dict[str, list[Answer]] = {arm.name: [] for arm in arms}
    for number, question in enumerate(list(questions) * rounds):
        first = number % len(arms)
        for arm in (*arms[first:], *arms[:first]):
            answers[arm.name].append(arm.search(question, passing))
        done()
    return [
        Measured(
            arm=arm.name,
            share=share,
            times=tuple(answer.ms for answer in answers[arm.name]),
            recalls=tuple(
                _recall(answer, arm.truth(question, passing))
                for answer, question in zip(answers[arm.name], questions, strict=False)
            ),
            rows=tuple(len(answer.found) for answer in answers[arm.name][: len(questions)]),
        )
        for arm in arms
    ]


def _recall(answer: Answer, truth: Sequence[str]) -> float:
    return len(set(answer.found) & set(truth)) / len(truth) if truth else 1.0
