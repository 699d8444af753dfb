"""What `footnote which` recommends, in words, as a table and as JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from footnote.cli.output import console, plain_table, print_text
from footnote.evaluation.presenting import changed, interval, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from footnote.evaluation.behaviours import Judged
    from footnote.evaluation.recommended import Recommended

_COLUMNS = {
    "": 16,
    "figure": 8,
    "95 % interval": 14,
    "less rag": 9,
    "its interval": 16,
    "detects": 8,
}
_ADVICE_COLOURS = {"cannot tell": "dim", "RAG is enough": "green"}


def print_recommended(recommended: "Recommended") -> None:
    """Advice for people, and the evidence."""
    for one in recommended.judged:
        advice = one.recommendation
        heading = Text(f"{one.behaviour}: ", style="bold")
        heading.append(advice.advice, style=_ADVICE_COLOURS.get(advice.advice, "yellow"))
        console.print(heading)
        print_text(f"  {advice.reason}.")
        if advice.more_questions:
            print_text(f"  It takes about {advice.more_questions:,} more questions to tell.")
        if one.examples:
            print_text(f"  A first fine-tuning takes about {one.examples} good examples.")
    for told in recommended.money:
        print_text(told)
    console.print()
    _print_evidence(recommended.judged)
    print_text(f"\n{recommended.footing}", "dim")


def _print_evidence(judged: "Iterable[Judged]") -> None:
    """A table for each behaviour, in the same columns; the first one names these."""
    for at, one in enumerate(judged):
        print_text(f"{one.behaviour}: {one.metric.name}", "bold")
        console.print(_table(one, named=at == 0))


def _table(one: "Judged", *, named: bool) -> Table:
    table = plain_table(*_COLUMNS, whole=_COLUMNS)
    table.show_header = named
    # A terminal of 80 characters has room for all of it.
    table.padding = (0, 1, 0, 0)
    for column, width in zip(table.columns, _COLUMNS.values(), strict=True):
        column.min_width = width
    unit = one.metric.unit
    for arm, figure in one.evidence.levels.items():
        gain = one.evidence.gains.get(arm)
        table.add_row(
            f"  {arm}",
            shown(figure.value, unit),
            interval(figure.low, figure.high, unit),
            changed(gain.value, unit) if gain else "",
            interval(gain.low, gain.high, unit, signed=True) if gain else "",
            shown(gain.detectable, unit) if gain and gain.detectable is not None else "",
        )
    return table


def recommended_json(recommended: "Recommended") -> dict[str, Any]:
    """The same for programs."""
    return {
        "questions": recommended.questions,
        "documents": recommended.documents,
        "resamples": recommended.how.resamples,
        "seed": recommended.how.seed,
        "behaviours": [_behaviour_json(one) for one in recommended.judged],
        "break_even": {arm.value: asdict(one) for arm, one in recommended.broken_even},
    }


def _behaviour_json(judged: "Judged") -> dict[str, Any]:
    evidence, advice = judged.evidence, judged.recommendation
    return {
        "behaviour": judged.behaviour.value,
        "advice": advice.advice.value,
        "reason": advice.reason,
        "more_questions": advice.more_questions,
        "examples": judged.examples,
        "target": judged.wanted.target,
        "metric": judged.metric.name,
        "unit": judged.metric.unit.value,
        "arms": {arm.value: asdict(figure) for arm, figure in evidence.levels.items()},
        "less_rag": {arm.value: asdict(gain) for arm, gain in evidence.gains.items()},
    }
