"""The gate: what is tuned or fine-tuned is promoted only where held-out questions show a gain.

One-sided: the whole 95 % interval of the paired difference has to lie above zero, by a bootstrap
over source documents, so that of candidates that change nothing one in forty gets through. What a
candidate learned from does not count for it: such questions, or nearly the same ones, are taken
out, and where they are many there is no telling what else leaked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from footnote.evaluation.bootstrap import Difference, Resampling, difference
from footnote.evaluation.estimators import Observation, mean
from footnote.evaluation.near_duplicates import repeated
from footnote.evaluation.question_set import Question

# With fewer, an interval tells nothing.
FEWEST_QUESTIONS, FEWEST_DOCUMENTS = 30, 10
FEWEST_RESAMPLES = 2000
# The share of questions that may have leaked into what was learned from.
MOST_LEAKED = 0.1


class Decision(StrEnum):
    """What becomes of a candidate."""

    PROMOTE = "promote"
    REFUSE = "refuse"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision with its reason; `leaked` are ids of questions that did not count."""

    decision: Decision
    reason: str
    difference: Difference | None = None
    leaked: tuple[str, ...] = ()

    @property
    def promoted(self) -> bool:
        """Whether it takes the place of what is in force."""
        return self.decision is Decision.PROMOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A candidate beside what is in force: a value of each for every question; more is better.

    `learned_from` are the questions that the candidate was made with.
    """

    questions: Sequence[Question]
    in_force: Sequence[float]
    candidate: Sequence[float]
    learned_from: Sequence[Question] = ()


def judge(trial: Trial, how: Resampling) -> Verdict:
    """Whether a candidate is promoted, by questions that it did not learn from."""
    leaked = _leaked(trial)
    names = tuple(trial.questions[row].question_id for row in leaked)
    if len(leaked) > MOST_LEAKED * len(trial.questions):
        reason = (
            f"{len(leaked)} of {len(trial.questions)} questions, such as {names[0]}, or documents"
            " that they are about, are also in what it learned from: split by document"
        )
        return Verdict(decision=Decision.REFUSE, reason=reason, leaked=names)
    rows = sorted(set(range(len(trial.questions))) - set(leaked))
    before, after = (
        [_observation(trial.questions[row], values[row]) for row in rows]
        for values in (trial.in_force, trial.candidate)
    )
    if not rows:
        return Verdict(decision=Decision.CANNOT_TELL, reason="there are no questions to judge by")
    return decide(difference(before, after, mean, how), how, leaked=names)


def decide(shown: Difference, how: Resampling, *, leaked: tuple[str, ...] = ()) -> Verdict:
    """Whether a gain on held-out questions is shown; `shown` was measured in this way."""
    decision, reason = _decided(shown, how)
    return Verdict(decision=decision, reason=reason, difference=shown, leaked=leaked)


def too_few(questions: int, documents: int) -> str | None:
    """What is missing for an interval to tell anything; None where there is enough."""
    if questions >= FEWEST_QUESTIONS and documents >= FEWEST_DOCUMENTS:
        return None
    return (
        f"{questions} questions of {documents} documents are too few,"
        f" {FEWEST_QUESTIONS} of {FEWEST_DOCUMENTS} are needed"
    )


def gain_in_words(gain: Difference) -> str:
    """A difference with its interval."""
    if gain.low is None or gain.high is None:
        return f"{gain.value:+.3f}"
    return f"{gain.value:+.3f}, {gain.low:+.3f} to {gain.high:+.3f}"


def _decided(shown: Difference, how: Resampling) -> tuple[Decision, str]:
    if how.resamples < FEWEST_RESAMPLES:
        reason = f"{how.resamples} resamples are too few, {FEWEST_RESAMPLES} are needed"
        return Decision.CANNOT_TELL, reason
    few = too_few(shown.questions, shown.clusters)
    if few or shown.low is None or shown.high is None or shown.detectable is None:
        return Decision.CANNOT_TELL, few or "there is no interval"
    told = gain_in_words(shown)
    if shown.low > 0:
        return Decision.PROMOTE, f"a gain is shown ({told})"
    if shown.high <= 0:
        return Decision.REFUSE, f"no gain, and none is to be expected ({told})"
    reason = f"no gain is shown ({told}); such a set shows one of {shown.detectable:.3f} or more"
    return Decision.CANNOT_TELL, reason


def _leaked(trial: Trial) -> list[int]:
    """The rows of questions that share words or a source document with what was learned from."""
    documents = {name for one in trial.learned_from for name in one.documents}
    same = {
        row for row, one in enumerate(trial.questions) if not documents.isdisjoint(one.documents)
    }
    texts = [one.text for one in trial.questions]
    return sorted(same.union(repeated(texts, (one.text for one in trial.learned_from))))


def _observation(question: Question, value: float) -> Observation:
    return Observation(question_id=question.question_id, cluster=question.cluster, value=value)
