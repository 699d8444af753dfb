"""`footnote eval`: how well a knowledge base answers a set of questions."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footnote.cli.arms import Arms, evaluate_arms
from footnote.cli.asking import Asking, ask_all, print_failures
from footnote.cli.judging import HandLabels, JudgeName, Judging, ToneGuide, opinions_of
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import (
    DEFAULT_API_URL,
    ApiUrl,
    AsJson,
    KnowledgeBase,
    api_errors,
    console,
    errors,
    print_json,
    print_text,
)
from footnote.cli.question_files import ForeignSets, OutputSchema, question_sets, said
from footnote.client import ApiClient
from footnote.evaluate import Plan
from footnote.evaluation.run_file import RunFile, read_run, title_of
from footnote.evaluation.set_versions import set_name

if TYPE_CHECKING:
    from footnote.evaluation.evaluation import Evaluation


def evaluation(
    questions: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="A question set: JSON lines, or CSV with a header."
        ),
    ],
    knowledge_base: KnowledgeBase = "default",
    foreign_sets: ForeignSets = None,
    output_schema: OutputSchema = None,
    corpus: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Upload these files first, and wait."),
    ] = None,
    run_file: Annotated[
        Path | None,
        typer.Option(
            "--run", dir_okay=False, help="Keep each outcome here; the same command goes on."
        ),
    ] = None,
    compare_with: Annotated[
        Path | None,
        typer.Option(
            "--compare", exists=True, dir_okay=False, help="A run file from before: what changed?"
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a page of HTML with plots.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Questions of each kind and set at most.")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=32, help="Questions asked at once.")] = 2,
    searches_only: Annotated[
        bool, typer.Option("--search-only", help="Only search; nothing is answered or paid for.")
    ] = False,
    arms: Annotated[
        str | None,
        typer.Option(
            help="Ask several arms, in this process: base,rag,fine-tuned,rag+fine-tuned,cascade."
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Of --arms base and rag; the route's first unless given.")
    ] = None,
    fine_tuned: Annotated[
        str | None, typer.Option(help="The fine-tuned model of --arms, by its registered name.")
    ] = None,
    judge: JudgeName = None,
    tone: ToneGuide = None,
    hand_labels: HandLabels = None,
    data_dir: DataDir = None,
    seed: Annotated[int, typer.Option(help="Of the intervals' resampling.")] = 20261125,
    timeout_s: Annotated[
        float, typer.Option("--timeout", min=0, help="Seconds to wait for --corpus.")
    ] = 3600,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Ask a knowledge base every question of a set, and measure what comes back.

    Found, answered, cited, declined, latency and cost, with 95 % intervals. `footnote eval set`
    keeps question sets, `eval staleness` edits a copy and asks again, `eval cascade` replays kept
    runs. Ctrl-C is safe with --run: the same command goes on. Status 1 where the API
    refused questions, 2 where a set is malformed, 130 after Ctrl-C.
    """
    opinions = opinions_of(judge, tone, hand_labels)
    if arms:
        if corpus or compare_with or searches_only:
            message = "--corpus, --compare and --search-only do not go with --arms"
            raise typer.BadParameter(message)
        asked_arms = Arms(
            names=arms,
            kb=knowledge_base,
            model=model,
            fine_tuned=fine_tuned,
            run_file=run_file,
            silent=as_json,
            question_set=set_name(questions),
        )
        with deployment(data_dir, DATABASE), said():
            some = question_sets(questions, foreign_sets or [], limit, output_schema)
            judging = Judging(opinions) if opinions else None
            evaluate_arms(replace(asked_arms, judging=judging), some, report, seed)
        return
    if opinions:
        message = "--judge goes with --arms: the models that are registered are asked from here"
        raise typer.BadParameter(message)
    plan = Plan(knowledge_base=knowledge_base, searches_only=searches_only, concurrency=concurrency)
    from footnote.evaluation.report import check_installed, html_report

    with said():
        if report:
            check_installed()
        asked = question_sets(questions, foreign_sets or [], limit, output_schema)
        before = read_run(compare_with)[1] if compare_with else []
        asking = Asking(
            plan=plan,
            corpus=corpus,
            timeout_s=timeout_s,
            kept=RunFile(run_file) if run_file else None,
            silent=as_json,
            question_set=set_name(questions),
        )
        with api_errors():
            run, outcomes = ask_all(ApiClient(api), asked, asking)

    from footnote.evaluation.bootstrap import Resampling
    from footnote.evaluation.evaluation import evaluation_of

    result = evaluation_of(run, outcomes, before, Resampling(seed=seed))
    _print(result, as_json=as_json)
    if report:
        with said():
            report.write_text(html_report(result, title_of([run])), encoding="utf-8")
        errors.print(f"The report is in {report}.", markup=False, highlight=False, soft_wrap=True)
    if any(outcome.error for outcome in outcomes):
        raise typer.Exit(1)


def _print(result: "Evaluation", *, as_json: bool) -> None:
    from footnote.cli.figures import as_json_value, difference_table, figure_table

    print_failures(result.outcomes)
    if as_json:
        print_json(as_json_value(result))
        return
    console.print(figure_table(result.measured))
    if result.compared:
        console.print()
        console.print(difference_table(result.compared))
    print_text(f"\n{result.footing}", "dim")
