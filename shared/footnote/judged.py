"""The default beside what was tuned, on questions that took no part in the choice.

What each fold was judged with was chosen on nearly the same questions, so that its luck is shared
by all of them, which a bootstrap of questions does not see. Intervals are widened for it as in
Nadeau and Bengio, "Inference for the Generalization Error" (2003): the variance of a mean over k
folds grows by the ratio of the questions judged by to those chosen by, k times.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from footnote.evaluation.bootstrap import Difference, Resampling, difference
from footnote.evaluation.estimators import Estimator, Observation, auroc, mean
from footnote.evaluation.question_set import Question
from footnote.tuning.folds import FOLDS, Source
from footnote.tuning.fusion import Ranks, reciprocal

_HITS = (1, 5)
_WIDER = math.sqrt(1 + FOLDS / (FOLDS - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A figure; `difference` is what was tuned less the default."""

    name: str
    difference: Difference
    more_is_better: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Compares values of the same questions, in this order, in pairs."""

    questions: Sequence[Question]
    how: Resampling

    def mean(self, old: Sequence[float], new: Sequence[float]) -> Difference:
        """Each question weighs the same."""
        return self._difference(old, new, mean, [1.0] * len(self.questions))

    def balanced_mean(self, old: Sequence[float], new: Sequence[float]) -> Difference:
        """Answerable questions weigh as much as all others, however many they are."""
        answerable = sum(question.answerable for question in self.questions)
        others = len(self.questions) - answerable
        shares = [1 / (answerable if one.answerable else others) for one in self.questions]
        return self._difference(old, new, mean, shares)

    def auroc(self, old: Sequence[float], new: Sequence[float]) -> Difference:
        """Answerable questions are the positive ones."""
        return self._difference(old, new, auroc, [1.0] * len(self.questions))

    def of_kind(
        self, old: Sequence[float], new: Sequence[float], *, answerable: bool
    ) -> Difference:
        """The mean over the answerable questions, or over all others."""
        rows = [row for row, one in enumerate(self.questions) if one.answerable is answerable]
        some = Judge(questions=[self.questions[row] for row in rows], how=self.how)
        return some.mean([old[row] for row in rows], [new[row] for row in rows])

    def _difference(
        self,
        old: Sequence[float],
        new: Sequence[float],
        estimate: Estimator,
        shares: Sequence[float],
    ) -> Difference:
        before, after = (self._observations(values, shares) for values in (old, new))
        return _widened(difference(before, after, estimate, self.how))

    def _observations(self, values: Sequence[float], shares: Sequence[float]) -> list[Observation]:
        return [
            Observation(
                question_id=question.question_id,
                cluster=question.cluster,
                value=value * share,
                of=share,
                positive=question.answerable,
            )
            for question, value, share in zip(self.questions, values, shares, strict=True)
        ]


def ranks_judged(before: Ranks, held_out: Ranks, judge: Judge) -> tuple[Judged, ...]:
    """MRR, then hit@k, by ranks of the right document.

    `before` is one rank a question, `held_out` one for each drawing of the folds.
    """
    old, new = reciprocal(before), reciprocal(held_out).mean(axis=0)
    gain = Judged(name="MRR", difference=judge.mean(old.tolist(), new.tolist()))
    hits = [
        Judged(
            name=f"hit@{k}",
            difference=judge.mean(
                (before <= k).astype(float).tolist(), (held_out <= k).mean(axis=0).tolist()
            ),
        )
        for k in _HITS
    ]
    return gain, *hits


def _widened(told: Difference) -> Difference:
    if told.low is None or told.high is None or told.detectable is None:
        return told
    return replace(
        told,
        low=told.value - _WIDER * (told.value - told.low),
        high=told.value + _WIDER * (told.high - told.value),
        detectable=_WIDER * told.detectable,
    )


def source_of(question: Question) -> Source:
    """What keeps questions of one document out of each other's folds."""
    return Source(cluster=question.cluster, documents=frozenset(question.gold_documents))
