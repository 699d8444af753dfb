"""`footnote which`: retrieval, the prompt, fine-tuning or both, by what arms showed."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footnote.cli.output import AsJson, errors, print_json
from footnote.cli.question_files import said
from footnote.cli.recommended import print_recommended, recommended_json
from footnote.domain.errors import InvalidRequestError, UnprocessableError
from footnote.evaluation.arms import Arm
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.run_file import Run, read_run, title_of

if TYPE_CHECKING:
    from footnote.evaluation.behaviours import Behaviour
    from footnote.evaluation.metrics.metric import Metric
    from footnote.evaluation.recommending import Wanted


def which(
    runs: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, help="Run files of `footnote eval`, one of each arm."
        ),
    ],
    rules: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Your rules of format, tone and terminology, as TOML."
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(help="What is good enough, such as `knowledge=0.8`; once a behaviour."),
    ] = None,
    worth: Annotated[
        float, typer.Option(min=0.01, max=1, help="The gain that fine-tuning would be worth.")
    ] = 0.1,
    questions_a_month: Annotated[
        int | None, typer.Option(min=1, help="Your traffic, for the break-even.")
    ] = None,
    serving_usd: Annotated[
        float, typer.Option(min=0, help="What serving a fine-tuned model costs a month.")
    ] = 0.0,
    training_usd: Annotated[
        float | None, typer.Option(min=0, help="What training costs, once.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a page of HTML with plots.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals' resampling.")] = 20261125,
    as_json: AsJson = False,
) -> None:
    """Say for each behaviour whether RAG is enough, or what would help, with the evidence.

    Arms are compared on the questions that all of them were asked. Status 2 where a run or rules
    file is malformed.
    """
    from footnote.evaluation.bootstrap import Resampling
    from footnote.evaluation.break_even import Traffic
    from footnote.evaluation.recommended import html_page, recommended_of
    from footnote.evaluation.report import check_installed

    traffic = None
    if questions_a_month:
        traffic = Traffic(
            questions=questions_a_month, serving_usd=serving_usd, training_usd=training_usd
        )
    with said():
        if report:
            check_installed()
        figures = rules_of(rules) if rules else {}
        wanted = _wanted(target or [], worth)
        asked, known = _arms(runs)
        recommended = recommended_of(known, figures, wanted, traffic, Resampling(seed=seed))
        if report:
            report.write_text(html_page(recommended, title_of(asked)), encoding="utf-8")
    if as_json:
        print_json(recommended_json(recommended))
    else:
        print_recommended(recommended)
    if report:
        errors.print(f"The report is in {report}.", markup=False, highlight=False, soft_wrap=True)


def rules_of(path: Path) -> "dict[Behaviour, Metric]":
    """The figures of a rules file.

    Raises:
        UnprocessableError: it is no rules file.
    """
    from footnote.answering.json_schema import problems_of
    from footnote.answering.output_schema import checked_schema
    from footnote.evaluation.rules import read_rules

    def fitting(schema: Any) -> Callable[[Any], bool]:
        try:
            checked = checked_schema(schema)
        except InvalidRequestError as error:
            message = f"{path}: format.json_schema: {error}"
            raise UnprocessableError(message) from error
        return lambda value: not problems_of(value, checked)

    return read_rules(path, fitting)


def _arms(paths: Sequence[Path]) -> tuple[list[Run], dict[Arm, list[Outcome]]]:
    """What was asked of whom, and the outcomes of each arm."""
    known: dict[Arm, list[Outcome]] = {}
    asked: list[Run] = []
    for path in paths:
        run, outcomes = read_run(path)
        if run.arm in known:
            message = f"{path}: there is another run of the arm {run.arm}; give one of each"
            raise UnprocessableError(message)
        asked.append(run)
        if run.knowledge_base != asked[0].knowledge_base:
            message = f"{path} is of {run.knowledge_base}, {paths[0]} of {asked[0].knowledge_base}"
            raise UnprocessableError(message)
        known[run.arm] = outcomes
    return asked, known


def _wanted(targets: Iterable[str], worth: float) -> "dict[Behaviour, Wanted]":
    from footnote.evaluation.behaviours import TARGETS, Behaviour, wanted_of
    from footnote.evaluation.recommending import Wanted

    names = {behaviour.value: behaviour for behaviour in TARGETS}
    known: dict[Behaviour, float] = {}
    for one in targets:
        name, _, value = one.partition("=")
        try:
            share = float(value)
        except ValueError:
            share = 0.0
        if name not in names or not 0 < share <= 1:
            message = f"--target {one}: such as knowledge=0.8, for one of {', '.join(names)}"
            raise UnprocessableError(message)
        known[names[name]] = share
    return wanted_of(known, Wanted(worth=worth))
