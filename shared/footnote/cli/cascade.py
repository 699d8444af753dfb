"""`footnote eval cascade`: what asking a cheap model first would cost and give, from kept runs."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from footnote.cli.output import AsJson, console, errors, plain_table, print_json, print_text
from footnote.cli.question_files import said
from footnote.domain.errors import UnprocessableError
from footnote.evaluation.metrics.metric import Unit
from footnote.evaluation.presenting import changed, interval
from footnote.evaluation.replaying import Replayed, Signal, replayed, right
from footnote.evaluation.run_file import Run, read_run, title_of

if TYPE_CHECKING:
    from footnote.evaluation.routing import Routing
    from footnote.evaluation.routing_page import Titles


def cascade(
    cheap: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The run of the cheap model.")
    ],
    dear: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The run of the dear one.")
    ],
    signal: Annotated[
        Signal, typer.Option(help="What tells whether the cheap answer is to be trusted.")
    ] = Signal.VERIFIED,
    beside: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A run of the arm cascade, to draw too."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a page of HTML with the plot.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals' resampling.")] = 20261125,
    as_json: AsJson = False,
) -> None:
    """Replay two runs of the same questions at every limit of a signal: cost against quality.

    Both are run files of `footnote eval --arms rag --model ...`. Nothing is asked. Status 2 where a
    file is malformed, or says nothing of costs.
    """
    from footnote.evaluation.bootstrap import Resampling
    from footnote.evaluation.recommending import Wanted
    from footnote.evaluation.report import check_installed
    from footnote.evaluation.routing import routing_of
    from footnote.evaluation.routing_page import Titles, routing_page

    with said():
        if report:
            check_installed()
        (first, cheap_run), (second, dear_run) = read_run(cheap), read_run(dear)
        if first.knowledge_base != second.knowledge_base:
            message = f"{cheap} is of {first.knowledge_base}, {dear} of {second.knowledge_base}"
            raise UnprocessableError(message)
        rows = replayed(cheap_run, dear_run, signal)
        routing = routing_of(rows, _alone_usd(rows, signal), Wanted(), Resampling(seed=seed))
        titles = Titles(
            title=f"{first.knowledge_base}: {_name(first)}, then {_name(second)}",
            cheap=_name(first),
            dear=_name(second),
            signal=signal,
            footing=f"{title_of([first, second])}. {_footing(routing, seed)}",
            beside=_beside(beside, rows) if beside else None,
        )
        if report:
            report.write_text(routing_page(routing, titles), encoding="utf-8")
    if as_json:
        print_json(_as_json(routing, titles))
    else:
        _print(routing, titles)
    if report:
        errors.print(f"The report is in {report}.", markup=False, highlight=False, soft_wrap=True)


def _name(run: Run) -> str:
    return f"{run.generation_model} ({run.arm})"


def _alone_usd(rows: list[Replayed], signal: Signal) -> float:
    """Dollars per 1,000 questions of the dear model without the cheap one before it."""
    before = sum(one.cheap_usd for one in rows) if signal is Signal.VERIFIED else 0.0
    return (sum(one.dear_usd for one in rows) - before) / len(rows) * 1e3


def _beside(path: Path, rows: list[Replayed]) -> tuple[str, float, float]:
    """What a run cost and how often it was right, of the same questions."""
    run, outcomes = read_run(path)
    asked = {one.question.question_id: one.question for one in rows}
    same = [one for one in outcomes if asked.get(one.question.question_id) == one.question]
    priced = [(one.said.cost_usd if one.said else None, right(one)) for one in same]
    known = [(usd, one) for usd, one in priced if usd is not None and one is not None]
    if len(known) < len(rows):
        message = (
            f"{path} lacks {len(rows) - len(known)} of the {len(rows)} questions that both models"
            " answered, or their cost: ask the cascade the same set, with the same --limit"
        )
        raise UnprocessableError(message)
    return (
        _name(run),
        sum(usd for usd, _ in known) / len(known) * 1e3,
        sum(is_right for _, is_right in known) / len(known),
    )


def _footing(routing: "Routing", seed: int) -> str:
    return (
        f"{routing.questions} questions of {routing.documents} documents that both answered."
        f" Intervals: bootstrap over documents, seed {seed}."
    )


def _print(routing: "Routing", titles: "Titles") -> None:
    print_text(f"{titles.cheap} first, {titles.dear} where {titles.signal.in_words} is low")
    print_text(f"{routing.verdict.capitalize()}.", "bold")
    usd, is_right = routing.dear
    print_text(f"{titles.dear} alone: {is_right:.3f} right for {usd:.2f} USD per 1,000 questions.")
    if titles.beside:
        name, usd, is_right = titles.beside
        print_text(f"{name}, as it was run: {is_right:.3f} right for {usd:.2f} USD.")
    if routing.advised:
        one = routing.advised
        print_text(
            f"The cheapest limit shown to lose less than {routing.tolerance:g} sends it"
            f" {one.share:.0%}, for {one.usd:.2f} USD. It was chosen on these questions: hold it to"
            " others."
        )
    else:
        print_text(f"No limit that costs less is shown to lose less than {routing.tolerance:g}.")
    console.print()
    console.print(_table(routing))
    print_text(f"\n{titles.footing}", "dim")


def _table(routing: "Routing") -> Table:
    from footnote.evaluation.routing_page import limit_in_words

    table = plain_table(
        "to the dear below", "share", "USD per 1,000", "right", "95 % interval", "less dear alone",
        "95 % interval", whole=("95 % interval",),
    )  # fmt: skip
    for one in routing.limits:
        gain = one.less_dear
        table.add_row(
            limit_in_words(one.signal),
            f"{one.share:.0%}",
            f"{one.usd:.2f}",
            f"{one.right.value:.3f}",
            interval(one.right.low, one.right.high, Unit.SHARE),
            changed(gain.value, Unit.SHARE),
            interval(gain.low, gain.high, Unit.SHARE, signed=True),
        )
    return table


def _as_json(routing: "Routing", titles: "Titles") -> dict[str, Any]:
    return {
        "cheap": titles.cheap,
        "dear": titles.dear,
        "signal": titles.signal.value,
        "verdict": routing.verdict,
        "gained": asdict(routing.gained) if routing.gained else None,
        "dear_alone": {"usd": routing.dear[0], "right": routing.dear[1]},
        "beside": titles.beside,
        "limits": [_limit(one) for one in routing.limits],
        "advised": _limit(routing.advised) if routing.advised else None,
        "curve": asdict(routing.curve),
        "oracle": asdict(routing.oracle),
        "random": asdict(routing.random),
        "questions": routing.questions,
        "documents": routing.documents,
    }


def _limit(one: Any) -> dict[str, Any]:
    told = asdict(one)
    if told["signal"] == float("inf"):
        told["signal"] = None  # JSON has no infinity; the share says that all go
    return told
