"""Which way to go for one behaviour, by what arms showed: the rule behind `footnote which`.

Retrieval is the default. Fine-tuning has to show a gain that is worth it, on the same questions,
with its whole interval above zero; where a set could not have shown one, there is no telling.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from footnote.evaluation.arms import Arm, Evidence
from footnote.evaluation.bootstrap import Difference, Figure
from footnote.evaluation.gate import FEWEST_DOCUMENTS, FEWEST_QUESTIONS, gain_in_words, too_few


class Advice(StrEnum):
    """What to do about a behaviour."""

    RAG_IS_ENOUGH = "RAG is enough"
    FIX_THE_PROMPT = "fix the prompt first"
    FINE_TUNE = "fine-tune"
    BOTH = "both"
    BASE = "the model alone is enough"
    CASCADE = "cascade"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is good enough (0..1), the shortfall that is put up with, and a gain worth its effort.

    `cheaper` is the share of the cost that has to be saved for a change to be worth it.
    """

    target: float = 0.9
    tolerance: float = 0.05
    worth: float = 0.1
    cheaper: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """Advice with its reason; `more_questions` is about how many it would take to tell."""

    advice: Advice
    reason: str
    more_questions: int | None = None


def recommend(evidence: Evidence, wanted: Wanted) -> Recommendation:
    """What to do about a share of which more is better."""
    now = evidence.levels[Arm.RAG]
    low, high = now.low, now.high
    few = _too_few(now)
    if few or low is None or high is None:
        return few or Recommendation(advice=Advice.CANNOT_TELL, reason="there is no interval")
    told = f"{now.value:.3f}, {low:.3f} to {high:.3f}"
    if low >= wanted.target - wanted.tolerance:
        reason = f"what answers today reaches {wanted.target:g} ({told})"
        return Recommendation(advice=Advice.RAG_IS_ENOUGH, reason=reason)
    if high >= wanted.target:
        reason = f"whether it reaches {wanted.target:g} does not show ({told})"
        return _cannot_tell(reason, now, wanted.target - wanted.tolerance, wanted.target)
    return _where_short(evidence, wanted, f"it falls short of {wanted.target:g} ({told})")


def recommend_cost(cost: Evidence, knowledge: Evidence | None, wanted: Wanted) -> Recommendation:
    """The cheapest arm that is not shown to know less; costs are in US dollars."""
    now = cost.levels[Arm.RAG]
    if few := _too_few(now):
        return few
    saved = -wanted.cheaper * now.value
    cheaper = [
        arm for arm, gain in cost.gains.items() if gain.high is not None and gain.high < saved
    ]
    cheaper.sort(key=lambda arm: cost.levels[arm].value)
    unsure: tuple[Arm, Difference] | None = None
    for arm in cheaper:
        known = knowledge.gains.get(arm) if knowledge else None
        if known is None or known.low is None or known.high is None:
            continue
        if known.low > -wanted.tolerance:
            reason = (
                f"{arm} costs {cost.levels[arm].value:.2f} USD per 1,000 questions and rag"
                f" {now.value:.2f}, and knows no less ({gain_in_words(known)})"
            )
            return Recommendation(advice=_ADVICE[arm], reason=reason)
        if known.high >= 0:
            unsure = unsure or (arm, known)
    if unsure:
        arm, known = unsure
        reason = f"{arm} is cheaper and may know less, or not ({gain_in_words(known)})"
        return _cannot_tell(reason, known, -wanted.tolerance, 0)
    reason = f"no arm that knows as much is {wanted.cheaper:.0%} cheaper than {now.value:.2f} USD"
    return Recommendation(advice=Advice.RAG_IS_ENOUGH, reason=reason)


def examples_for(shortfall: float) -> int:
    """About how many good examples a first fine-tuning takes.

    OpenAI's guide: improvements from 50 to 100 well-made examples on; more for a wider gap.
    """
    return 50 if shortfall <= 0.1 else 100


def _where_short(evidence: Evidence, wanted: Wanted, short: str) -> Recommendation:
    tuned = [arm for arm in (Arm.FINE_TUNED, Arm.BOTH) if arm in evidence.gains]
    if not tuned:
        reason = f"{short}, and no fine-tuned arm was measured: the prompt costs least to change"
        return Recommendation(advice=Advice.FIX_THE_PROMPT, reason=reason)
    better = [arm for arm in tuned if _shown(evidence.gains[arm])]
    if not better:
        return _without_gain(evidence, tuned, wanted, short)
    gain = "; ".join(f"{arm} gains {gain_in_words(evidence.gains[arm])}" for arm in better)
    if better == [Arm.FINE_TUNED] and len(tuned) == 1:
        return Recommendation(advice=Advice.FINE_TUNE, reason=f"{short}; {gain}")
    if evidence.both_over_tuned is None or _shown(evidence.both_over_tuned):
        return Recommendation(advice=Advice.BOTH, reason=f"{short}; {gain}")
    beside = evidence.both_over_tuned
    if Arm.FINE_TUNED in better and beside.high is not None and beside.high < wanted.worth:
        reason = f"{short}; {gain}; passages add little to it ({gain_in_words(beside)})"
        return Recommendation(advice=Advice.FINE_TUNE, reason=reason)
    reason = f"{short}; {gain}; whether passages are needed beside it does not show"
    return _cannot_tell(reason, beside, 0, wanted.worth)


def _without_gain(
    evidence: Evidence, tuned: list[Arm], wanted: Wanted, short: str
) -> Recommendation:
    gains = [evidence.gains[arm] for arm in tuned]
    told = ", ".join(f"{arm} {gain_in_words(evidence.gains[arm])}" for arm in tuned)
    if all(gain.high is not None and gain.high < wanted.worth for gain in gains):
        reason = f"{short}, and fine-tuning gains less than {wanted.worth:g} ({told})"
        return Recommendation(advice=Advice.FIX_THE_PROMPT, reason=reason)
    widest = max(gains, key=_width)
    reason = f"{short}; whether fine-tuning gains {wanted.worth:g} does not show ({told})"
    return _cannot_tell(reason, widest, 0, wanted.worth)


_ADVICE = {
    Arm.BASE: Advice.BASE,
    Arm.FINE_TUNED: Advice.FINE_TUNE,
    Arm.BOTH: Advice.BOTH,
    Arm.CASCADE: Advice.CASCADE,
}


def _too_few(now: Figure) -> Recommendation | None:
    reason = too_few(now.questions, now.clusters)
    if reason is None:
        return None
    by_documents = math.ceil(now.questions * (FEWEST_DOCUMENTS / now.clusters - 1))
    more = max(FEWEST_QUESTIONS - now.questions, by_documents)
    return Recommendation(advice=Advice.CANNOT_TELL, reason=reason, more_questions=more)


def _cannot_tell(
    reason: str, seen: Figure | Difference, lower: float, upper: float
) -> Recommendation:
    """An interval tells once it lies above `lower` or below `upper`, and here does neither.

    It shrinks around its figure with the root of the questions, of as many documents more.
    """
    if seen.low is None or seen.high is None:
        return Recommendation(advice=Advice.CANNOT_TELL, reason=reason)
    value = min(max(seen.value, seen.low), seen.high)
    above = (value - lower) / (value - seen.low) if value > lower else 0.0
    below = (upper - value) / (seen.high - value) if value < upper else 0.0
    more = math.ceil(seen.questions * (max(above, below) ** -2 - 1))
    return Recommendation(advice=Advice.CANNOT_TELL, reason=reason, more_questions=max(1, more))


def _shown(gain: Difference) -> bool:
    return gain.low is not None and gain.low > 0


def _width(gain: Difference) -> float:
    """Half of the interval."""
    if gain.low is None or gain.high is None:
        return math.inf
    return (gain.high - gain.low) / 2
