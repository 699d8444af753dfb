"""The tone of an answer as a model judges it: an opinion, told beside what people say."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTone:
    """What a judge said of a text, and what it took; `keeps` is None where it said nothing.

    `guide` is a hash of the tone that was wanted: verdicts by two guides are not to be mixed.
    """

    judge: str
    guide: str
    keeps: bool | None
    why: str
    cost_usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A judge beside people, on texts that both judged.

    `too_mild` are texts that keep the tone for the judge alone, `too_strict` for people alone.
    `kappa` is Cohen's: 0 where they agree as often as by chance, None where chance tells all.
    """

    texts: int
    agreed: int
    too_mild: int
    too_strict: int
    kappa: float | None


def guide_name(guide: str) -> str:
    """What a guide is told apart by."""
    return hashlib.sha256(guide.strip().encode()).hexdigest()[:12]


def agreement(people: Sequence[bool], judge: Sequence[bool]) -> Agreement:
    """Compare verdicts on the same texts, in the same order.

    Cohen, "A Coefficient of Agreement for Nominal Scales" (1960).
    """
    pairs = list(zip(people, judge, strict=True))
    texts = len(pairs)
    agreed = sum(one is other for one, other in pairs)
    by_chance = sum(_share(people, said) * _share(judge, said) for said in (True, False))
    return Agreement(
        texts=texts,
        agreed=agreed,
        too_mild=sum(said and not right for right, said in pairs),
        too_strict=sum(right and not said for right, said in pairs),
        kappa=(agreed / texts - by_chance) / (1 - by_chance) if texts and by_chance < 1 else None,
    )


def cost_of(judged: Iterable[JudgedTone]) -> float | None:
    """US dollars of all verdicts; None where the judge has no prices."""
    costs = [one.cost_usd for one in judged]
    return None if None in costs else sum(cost or 0.0 for cost in costs)


def _share(verdicts: Sequence[bool], said: bool) -> float:
    return sum(one is said for one in verdicts) / len(verdicts) if verdicts else 0.0
