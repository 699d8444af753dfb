"""What `footnote which` recommends, as one page of HTML that needs nothing from elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.arms import Arm
from footnote.evaluation.behaviours import Behaviour, Judged, judge_behaviours
from footnote.evaluation.bootstrap import Difference, Resampling
from footnote.evaluation.break_even import BreakEven, Traffic, break_even
from footnote.evaluation.gate import gain_in_words
from footnote.evaluation.metrics.metric import Metric
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.question_set import generated_in_words
from footnote.evaluation.recommending import Wanted
from footnote.evaluation.report import check_installed, page_templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """Every behaviour that was judged; `broken_even` by the arm that has the fine-tuned model.

    `generated` says in words how many of the questions a model wrote.
    """

    judged: tuple[Judged, ...]
    broken_even: tuple[tuple[Arm, BreakEven], ...]
    questions: int
    documents: int
    how: Resampling
    generated: str = ""

    @property
    def footing(self) -> str:
        """What it stands on, in words."""
        return (
            f"{self.questions} questions of {self.documents} documents that all arms were asked."
            f" Intervals: bootstrap over documents, {self.how.resamples} resamples, seed"
            f" {self.how.seed}.{self.generated}"
        )

    @property
    def money(self) -> Sequence[str]:
        """Where a fine-tuned model breaks even, in words."""
        return [_broken_even(arm, one, self._known(arm)) for arm, one in self.broken_even]

    def _known(self, arm: Arm) -> Difference | None:
        """What an arm knows more or less than what answers today."""
        evidence = [one.evidence for one in self.judged if one.behaviour is Behaviour.KNOWLEDGE]
        return evidence[0].gains.get(arm) if evidence else None


def recommended_of(
    runs: Mapping[Arm, Sequence[Outcome]],
    rules: Mapping[Behaviour, Metric],
    wanted: Mapping[Behaviour, Wanted],
    traffic: Traffic | None,
    how: Resampling,
) -> Recommended:
    """Judge arms by the questions that all of them were asked.

    Raises:
        UnprocessableError: there is no such question, or no run of what answers today.
    """
    if Arm.RAG not in runs:
        message = "there is no run of the arm rag, which all others are compared with"
        raise UnprocessableError(message)
    same = _asked_of_all(runs)
    questions = [one.question for one in same[Arm.RAG]]
    if not questions:
        message = "the runs have no question in common: ask all arms the same question set"
        raise UnprocessableError(message)
    judged = judge_behaviours(same, rules, wanted, how)
    return Recommended(
        judged=tuple(judged),
        broken_even=tuple(_breaks_even(judged, traffic)) if traffic else (),
        questions=len(questions),
        documents=len({one.cluster for one in questions}),
        how=how,
        generated=generated_in_words(questions),
    )


def html_page(recommended: Recommended, title: str, opinion: str = "") -> str:
    """The page; all texts are of strangers, and are escaped. `opinion`: what a judge is worth.

    Raises:
        SettingsError: the packages of the extra `evaluation` are not installed.
    """
    check_installed()
    from markupsafe import Markup

    from footnote.evaluation.arm_plots import arm_plots

    page = page_templates().get_template("recommended.html")
    drawn = arm_plots(recommended.judged)
    return page.render(
        title=title,
        judged=recommended.judged,
        money=recommended.money,
        opinion=opinion,
        footing=recommended.footing,
        plots=[(plot, Markup(plot.svg)) for plot in drawn],  # noqa: S704 # nosec B704
    )


def _asked_of_all(runs: Mapping[Arm, Sequence[Outcome]]) -> dict[Arm, list[Outcome]]:
    """The outcomes of those questions that no arm failed at, in one order."""
    known = {
        arm: {one.question.question_id: one for one in outcomes if one.error is None}
        for arm, outcomes in runs.items()
    }
    first = known[Arm.RAG]
    names = [
        name
        for name, outcome in first.items()
        if all(name in one and one[name].question == outcome.question for one in known.values())
    ]
    return {arm: [outcomes[name] for name in names] for arm, outcomes in known.items()}


def _breaks_even(judged: Sequence[Judged], traffic: Traffic) -> Iterator[tuple[Arm, BreakEven]]:
    for one in judged:
        if one.behaviour is Behaviour.COST:
            levels = one.evidence.levels
            for arm in (Arm.FINE_TUNED, Arm.BOTH):
                if arm in levels:
                    hosted, tuned = levels[Arm.RAG].value, levels[arm].value
                    yield arm, break_even(hosted, tuned, traffic)


def _broken_even(arm: Arm, one: BreakEven, known: Difference | None) -> str:
    told = f"{arm}: {one.tuned_usd:,.2f} USD a month, hosted {one.hosted_usd:,.2f}"
    if known and known.high is not None and known.high < 0:
        told += f", but it knows less ({gain_in_words(known)})"
    if one.from_questions is None:
        return f"{told}; it never costs less."
    told += f"; it costs less from {one.from_questions:,.0f} questions a month on"
    if one.tuned_usd >= one.hosted_usd:
        return f"{told}, which is more than there are."
    if one.paid_back_months is None:
        return f"{told}; when training is paid back is not known (--training-usd says its cost)."
    return f"{told}; training is paid back in {one.paid_back_months:.1f} months."
