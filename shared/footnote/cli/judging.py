"""`footnote eval --arms --judge`: a model's opinion of the tone, and how often people share it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footnote.cli.output import errors
from footnote.domain.errors import UnprocessableError
from footnote.evaluation.labelled_texts import read_labelled_texts
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.run_file import RunFile
from footnote.evaluation.tone import Agreement, JudgedTone, agreement, cost_of

if TYPE_CHECKING:
    from footnote.judge_tone import ToneJudge

_LABELS = {"yes": True, "no": False}
JudgeName = Annotated[
    str | None,
    typer.Option("--judge", help="A model that judges the tone of --arms; none unless given."),
]
ToneGuide = Annotated[
    Path | None,
    typer.Option("--tone", exists=True, dir_okay=False, help="The tone that is wanted, in words."),
]
HandLabels = Annotated[
    Path | None,
    typer.Option(
        "--hand-labels",
        exists=True,
        dir_okay=False,
        help="CSV or JSON lines of `text` and `label` (yes or no: in the tone?), for --judge.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """Who judges the tone, by which guide, and what people said of other texts."""

    model: str
    guide: Path
    hand_labels: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldToPeople:
    """A judge, the texts that people labelled too, and what all of its verdicts cost."""

    judge: str
    guide: str
    verdicts: int
    silent: int
    cost_usd: float | None
    with_people: Agreement | None


def opinions_of(model: str | None, guide: Path | None, hand_labels: Path | None) -> Opinions | None:
    """What the options ask for.

    Raises:
        BadParameter: one of them is missing.
    """
    if model and guide:
        return Opinions(model=model, guide=guide, hand_labels=hand_labels)
    if model or guide or hand_labels:
        message = "--judge MODEL and --tone FILE go together, and --hand-labels with both"
        raise typer.BadParameter(message)
    return None


class Judging:
    """A judge at work; it keeps count of what it says.

    Raises:
        UnprocessableError: there is no such model, or a file is malformed; nothing was asked.
    """

    def __init__(self, opinions: Opinions) -> None:
        from footnote import bootstrap
        from footnote.arm_models import named_model

        model = named_model(bootstrap.models().catalogue(), opinions.model)
        guide = opinions.guide.read_text(encoding="utf-8")
        self._judge: ToneJudge = bootstrap.tone_judge(model, guide)
        self._labelled = _labelled(opinions.hand_labels) if opinions.hand_labels else []
        self._said: list[JudgedTone] = []

    def judged(
        self, outcomes: Sequence[Outcome], answered_by: Sequence[str], kept: RunFile | None
    ) -> list[Outcome]:
        """The outcomes with a verdict on each answer; what was judged before is not asked again."""
        name, guide = self._judge.name, self._judge.guide
        if name in answered_by:
            errors.print(f"{name} judges answers of its own.", style="yellow", markup=False)
        known = {one.question.question_id: one for one in outcomes}
        waiting = [one for one in outcomes if one.told and not _is_judged(one, name, guide)]
        verdicts = self._judge.judged(one.told for one in waiting)
        for one, verdict in zip(waiting, verdicts, strict=True):
            judged = replace(one, tone=verdict)
            known[one.question.question_id] = judged
            if kept:
                kept.add(judged)
        every = list(known.values())
        self._said += [one.tone for one in every if one.tone is not None]
        return every

    def held_to_people(self) -> HeldToPeople:
        """Have the texts judged that people labelled; the sum of all that was said."""
        verdicts = list(self._judge.judged(text for text, _ in self._labelled))
        self._said += verdicts
        pairs = [
            (right, verdict.keeps)
            for (_, right), verdict in zip(self._labelled, verdicts, strict=True)
            if verdict.keeps is not None
        ]
        return HeldToPeople(
            judge=self._judge.name,
            guide=self._judge.guide,
            verdicts=len(self._said),
            silent=sum(one.keeps is None for one in self._said),
            cost_usd=cost_of(self._said),
            with_people=agreement(*map(list, zip(*pairs, strict=True))) if pairs else None,
        )


def held_in_words(held: HeldToPeople) -> str:
    """What the judge cost, and how far it is to be believed."""
    known = held.cost_usd is not None
    cost = f"for {held.cost_usd:.4f} USD" if known else "at a cost that is not known"
    silent = f" ({held.silent} without a verdict)" if held.silent else ""
    told = f"{held.judge} judged the tone of {held.verdicts} texts{silent}, {cost}."
    shown = held.with_people
    if shown is None:
        return (
            f"{told} Nobody labelled texts by hand, so whether it judges as people do is not known."
        )
    kappa = "" if shown.kappa is None else f", kappa {shown.kappa:.2f}"
    return (
        f"{told} Of {shown.texts} texts that people labelled it agrees on {shown.agreed}{kappa};"
        f" {shown.too_mild} it let pass and people did not, {shown.too_strict} the other way."
    )


def held_as_json(held: HeldToPeople) -> dict[str, Any]:
    """The same for programs."""
    return asdict(held)


def _is_judged(outcome: Outcome, judge: str, guide: str) -> bool:
    return outcome.tone is not None and (outcome.tone.judge, outcome.tone.guide) == (judge, guide)


def _labelled(path: Path) -> list[tuple[str, bool]]:
    texts = read_labelled_texts(path)
    unknown = sorted({one.label for one in texts} - _LABELS.keys())
    if unknown:
        message = f"{path}: the label {unknown[0]} is neither yes nor no (in the wanted tone?)"
        raise UnprocessableError(message)
    return [(one.text, _LABELS[one.label]) for one in texts]
