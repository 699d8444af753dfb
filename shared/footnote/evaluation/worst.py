"""Where it went wrong: the questions that a person should read first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from footnote.evaluation.metrics.relevance import document_relevance
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.ranking import reciprocal_rank
from footnote.evaluation.wording import word_recall

SHOWN = 20
# A document behind this rank was not found, as a person sees it; an answer that holds fewer of the
# gold words than this share says something else.
_FOUND = 5
_SAID = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A kind of fault: all its outcomes counted, the worst ones listed."""

    title: str
    why: str
    total: int
    worst: tuple[Outcome, ...]


def faults(outcomes: Sequence[Outcome]) -> list[Fault]:
    """The kinds of faults that occurred."""
    kinds = [
        _fault(
            "The right document was not found",
            f"No gold document among the first {_FOUND}; those without any come first.",
            outcomes,
            _not_found,
        ),
        _fault(
            "Found, but something else was said",
            "A gold document came first, and the answer holds few of the gold answer's words.",
            outcomes,
            _said_something_else,
        ),
        _fault(
            "Declined, though the documents answer",
            "The lowest scores come first.",
            outcomes,
            lambda one: _score(one) if _declined(one) and one.question.answerable else None,
        ),
        _fault(
            "Answered, though the documents do not",
            "The highest scores come first.",
            outcomes,
            lambda one: -_score(one) if _answered(one) and not one.question.answerable else None,
        ),
        _fault(
            "Quotes that do not stand in the document",
            "Not one word of a quote may be made up.",
            outcomes,
            _made_up,
        ),
    ]
    return [kind for kind in kinds if kind.total]


def rank_of_gold(outcome: Outcome) -> int | None:
    """The rank of the first gold document among the documents found."""
    judged = document_relevance(outcome)
    first = reciprocal_rank(judged[0]) if judged else 0.0
    return round(1 / first) if first else None


def _fault(
    title: str,
    why: str,
    outcomes: Iterable[Outcome],
    order: Callable[[Outcome], float | None],
) -> Fault:
    """`order` is None where an outcome has no such fault, and the least for the worst one."""
    ordered = [(place, one) for one in outcomes if (place := order(one)) is not None]
    ordered.sort(key=lambda pair: pair[0])
    worst = tuple(one for _, one in ordered[:SHOWN])
    return Fault(title=title, why=why, total=len(ordered), worst=worst)


def _not_found(outcome: Outcome) -> float | None:
    if document_relevance(outcome) is None:
        return None
    rank = rank_of_gold(outcome)
    if rank is not None and rank <= _FOUND:
        return None
    return -(rank or float("inf"))


def _said_something_else(outcome: Outcome) -> float | None:
    question = outcome.question
    if not outcome.said or not _answered(outcome) or rank_of_gold(outcome) != 1:
        return None
    said = word_recall(outcome.said.answer, question.answers) if question.answers else 1.0
    return said if said < _SAID else None


def _made_up(outcome: Outcome) -> float | None:
    wrong = sum(not one.verbatim for one in outcome.said.citations) if outcome.said else 0
    return -wrong if wrong else None


def _answered(outcome: Outcome) -> bool:
    return outcome.said is not None and outcome.said.answered


def _declined(outcome: Outcome) -> bool:
    return outcome.said is not None and not outcome.said.answered


def _score(outcome: Outcome) -> float:
    return outcome.in_corpus or 0.0
