"""Questions that a cheap and a dear model both answered, replayed as one router's work."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.question_set import Question
from footnote.evaluation.wording import contains_one_of


class Signal(StrEnum):
    """What tells a router whether the cheap answer is to be trusted; more is more to be trusted.

    `VERIFIED` is the share of its citations that are verified, so the cheap model is asked first
    and paid in any case. `IN_CORPUS` is known from the search, before any model is asked.
    """

    VERIFIED = "verified"
    IN_CORPUS = "in-corpus"

    @property
    def in_words(self) -> str:
        """What it is a measure of."""
        if self is Signal.VERIFIED:
            return "the share of verified citations"
        return "the evidence that the documents speak of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A question with both answers: how right each is (0..1), and what each way costs in dollars.

    `dear_usd` is what the question costs that goes to the dear model, with what comes before.
    """

    question: Question
    signal: float
    cheap: float
    dear: float
    cheap_usd: float
    dear_usd: float


def right(outcome: Outcome) -> float | None:
    """1 for a right answer or a right decline; None where nobody said what is right."""
    question = outcome.question
    if outcome.said is None or (question.answerable and not question.answers):
        return None
    if not question.answerable:
        return float(not outcome.said.answered)
    return float(contains_one_of(outcome.told, question.answers))


def replayed(cheap: Sequence[Outcome], dear: Sequence[Outcome], by: Signal) -> list[Replayed]:
    """The questions that both answered, as they were asked in both runs.

    Raises:
        UnprocessableError: there is none, or what an answer cost is not known.
    """
    known = {one.question.question_id: one for one in dear}
    pairs = [
        (one, known[one.question.question_id])
        for one in cheap
        if one.question.question_id in known
        and known[one.question.question_id].question == one.question
    ]
    found = [each for one, other in pairs if (each := _replayed(one, other, by))]
    if not found:
        message = "no question with a known right answer was answered in both runs"
        raise UnprocessableError(message)
    return found


def _replayed(cheap: Outcome, dear: Outcome, by: Signal) -> Replayed | None:
    signal, is_right, would_be = _SIGNALS[by](cheap), right(cheap), right(dear)
    if signal is None or is_right is None or would_be is None:
        return None
    cheap_usd, dear_usd = _cost(cheap), _cost(dear)
    return Replayed(
        question=cheap.question,
        signal=signal,
        cheap=is_right,
        dear=would_be,
        cheap_usd=cheap_usd,
        dear_usd=dear_usd + (cheap_usd if by is Signal.VERIFIED else 0.0),
    )


def _cost(outcome: Outcome) -> float:
    if outcome.said is None or outcome.said.cost_usd is None:
        model = outcome.said.model if outcome.said else ""
        message = (
            f"what {model} cost is not known: `footnote models change` takes its prices, and the"
            " questions are to be asked anew"
        )
        raise UnprocessableError(message)
    return outcome.said.cost_usd


def _verified(outcome: Outcome) -> float | None:
    if outcome.said is None or not outcome.said.answered or not outcome.said.citations:
        return 0.0
    # An API that checks nothing has told quotes at least.
    cited = outcome.said.citations
    held = (one.verbatim if one.verified is None else one.verified for one in cited)
    return sum(held) / len(cited)


_SIGNALS: Mapping[Signal, Callable[[Outcome], float | None]] = {
    Signal.VERIFIED: _verified,
    Signal.IN_CORPUS: lambda outcome: outcome.in_corpus,
}
