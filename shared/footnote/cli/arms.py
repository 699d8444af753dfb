"""`footnote eval --arms`: the same questions to several arms, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, override

import typer
from rich.table import Table
from rich.text import Text

from footnote.cli.asking import Asking, ask_one_arm, check_documents, print_failures
from footnote.cli.evaluation_api import EvaluatedApi
from footnote.cli.judging import HeldToPeople, Judging, held_as_json, held_in_words
from footnote.cli.output import console, errors, plain_table, print_json, print_text
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.ledger import Outcome
from footnote.evaluate import Plan, QuestionApi, RefusedError
from footnote.evaluation.arms import Arm
from footnote.evaluation.presenting import shown
from footnote.evaluation.question_set import Question
from footnote.evaluation.run_file import Run, RunFile, title_of

if TYPE_CHECKING:
    from footnote.evaluation.bootstrap import Resampling
    from footnote.evaluation.evaluation import Evaluation

_AGAIN_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """Which arms are asked, by which models, and where outcomes are kept.

    `routed_as` is the knowledge base whose route says who answers, where `kb` is a copy of it.
    """

    names: str
    kb: str
    model: str | None
    fine_tuned: str | None
    run_file: Path | None
    silent: bool
    judging: Judging | None = None
    routed_as: str | None = None
    question_set: str = ""


def evaluate_arms(
    arms: Arms, questions: Sequence[Question], report: Path | None, seed: int
) -> None:
    """Ask all arms, print and write what they showed; status 1 where questions failed."""
    from footnote.evaluation.bootstrap import Resampling
    from footnote.evaluation.report import check_installed

    if report:
        check_installed()
    how = Resampling(seed=seed)
    evaluated = ask_arms(arms, questions, how)
    held = arms.judging.held_to_people() if arms.judging else None
    print_arms(evaluated, held, as_json=arms.silent)
    if report:
        from footnote.evaluation.behaviours import wanted_of
        from footnote.evaluation.recommended import html_page, recommended_of

        runs = {arm: one.outcomes for arm, one in evaluated.items()}
        opinion = held_in_words(held) if held else ""
        title = title_of([one.run for one in evaluated.values()])
        page = html_page(recommended_of(runs, {}, wanted_of(), None, how), title, opinion)
        report.write_text(page, encoding="utf-8")
        errors.print(f"The report is in {report}.", markup=False, highlight=False, soft_wrap=True)
    for one in evaluated.values():
        print_failures(one.outcomes)
    if any(outcome.error for one in evaluated.values() for outcome in one.outcomes):
        raise typer.Exit(1)


def ask_arms(
    arms: Arms, questions: Sequence[Question], how: "Resampling"
) -> dict[Arm, "Evaluation"]:
    """Ask one arm after the other; each but `rag` is compared with that, where it is asked.

    Raises:
        UnprocessableError: an arm that is not known, or without its models.
    """
    from footnote import bootstrap
    from footnote.arm_models import Chosen, models_of
    from footnote.evaluation.evaluation import evaluation_of

    kb = KnowledgeBaseId(arms.routed_as or arms.kb)
    chosen = Chosen(kb=kb, model=arms.model, fine_tuned=arms.fine_tuned)
    catalogue = bootstrap.ask_ports().models.catalogue()
    # Whatever is missing is told of before anything is asked and paid for.
    steps = {arm: models_of(arm, catalogue, chosen) for arm in _arms(arms.names)}
    check_documents(bootstrap.arm_client(()), questions, arms.kb)
    asked = {}
    for arm, models in steps.items():
        client = bootstrap.arm_client(models)
        health = client.health()
        run = Run(
            knowledge_base=arms.kb,
            searches_only=False,
            version=health["version"],
            embedding_model=health["embedding_model"],
            generation_model=", ".join(one.name for one in models) or health["generation_model"],
            arm=arm,
            question_set=arms.question_set,
            begun_on=datetime.now(tz=UTC).date(),
        )
        alone = not arm.sees_passages
        api: QuestionApi = bootstrap.model_alone(models[0]) if alone else _WithModels(client)
        errors.print(f"{arm}: {run.generation_model}", markup=False, highlight=False)
        asking = _asking(arms, arm)
        outcomes = ask_one_arm(run, api, questions, asking)
        if arms.judging:
            by = [one.name for one in models]
            outcomes = arms.judging.judged(outcomes, by, asking.kept)
        asked[arm] = run, outcomes
    before = asked[Arm.RAG][1] if Arm.RAG in asked else []
    return {
        arm: evaluation_of(run, outcomes, [] if arm is Arm.RAG else before, how)
        for arm, (run, outcomes) in asked.items()
    }


class _WithModels(EvaluatedApi):
    """An arm's own answers: where its models are down, an extract is not what is measured."""

    @override
    def ask(
        self, question: str, knowledge_base: str, output_schema: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        reply = super().ask(question, knowledge_base, output_schema)
        why = reply.get("fallback")
        if why in (Outcome.UNAVAILABLE, Outcome.REFUSED):
            message = f"no model of the arm answered, the last one: {why}"
            raise RefusedError(message, _AGAIN_S if why == Outcome.UNAVAILABLE else None)
        return reply


def run_path(run_file: Path, arm: Arm) -> Path:
    """Where an arm's outcomes are kept: `help.run` becomes `help.rag.run`."""
    return run_file.with_name(f"{run_file.stem}.{arm.value}{run_file.suffix}")


def print_arms(
    evaluated: Mapping[Arm, "Evaluation"], held: HeldToPeople | None, *, as_json: bool
) -> None:
    """Every figure of every arm, the paired differences, and whether a judge is to be believed."""
    from footnote.cli.figures import as_json_value, difference_table

    if as_json:
        told: dict[str, Any] = {arm.value: as_json_value(one) for arm, one in evaluated.items()}
        print_json({"arms": told} | ({"judge": held_as_json(held)} if held else {}))
        return
    console.print(_side_by_side(evaluated))
    for arm, one in evaluated.items():
        if one.compared:
            console.print()
            console.print(difference_table(one.compared, f"{arm} less rag"))
    if held:
        print_text(f"\n{held_in_words(held)}")
    print_text(f"\n{next(iter(evaluated.values())).footing}", "dim")


def _side_by_side(evaluated: Mapping[Arm, "Evaluation"]) -> Table:
    table = plain_table("", *(arm.value for arm in evaluated))
    known = {
        arm: {(one.metric.group, one.metric.name): one for one in evaluation.measured}
        for arm, evaluation in evaluated.items()
    }
    # Arms that search have figures that the others lack: each stays with its group.
    names = dict.fromkeys(name for figures in known.values() for name in figures)
    groups = [*dict.fromkeys(name[0] for name in names)]
    group = ""
    for name in sorted(names, key=lambda one: groups.index(one[0])):
        if name[0] != group:
            group = name[0]
            table.add_row(Text(group, style="bold"))
        cells = (figures.get(name) for figures in known.values())
        values = (shown(one.figure.value, one.metric.unit) if one else "" for one in cells)
        table.add_row(f"  {name[1]}", *values)
    return table


def _arms(names: str) -> list[Arm]:
    known = {arm.value: arm for arm in Arm}
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        lacking = f"there is no arm {unknown[0]}; " if unknown else ""
        message = f"--arms {names}: {lacking}some of {', '.join(known)}, with commas between them"
        raise UnprocessableError(message)
    return [known[name] for name in dict.fromkeys(wanted)]


def _asking(arms: Arms, arm: Arm) -> Asking:
    """One question at a time: times of arms are compared."""
    plan = Plan(knowledge_base=arms.kb, answers_only=not arm.sees_passages, concurrency=1)
    kept = RunFile(run_path(arms.run_file, arm)) if arms.run_file else None
    return Asking(plan=plan, corpus=None, timeout_s=0, kept=kept, silent=arms.silent)
