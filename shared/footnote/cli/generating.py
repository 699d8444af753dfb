"""`footnote eval set generate`: a question set that a model writes from the documents."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from footnote.cli.asking import INTERRUPTED_STATUS
from footnote.cli.money import budget
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson, KnowledgeBase, errors, print_error, print_json, print_text
from footnote.cli.question_files import said
from footnote.cli.question_sets import Folder, named_set, tell_set
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import ModelUnavailableError, UnprocessableError
from footnote.evaluation.set_versions import SetFolder

if TYPE_CHECKING:
    from footnote.domain.model import Model
    from footnote.generate_questions import Estimate, Generated, GenerationPlan, GenerationPorts

FEWER_STATUS = 3
_SEED = 20261129


def generate(
    name: Annotated[str, typer.Option(help="What you call it.")],
    knowledge_base: KnowledgeBase = "default",
    questions: Annotated[int, typer.Option(min=1, max=5000, help="How many.")] = 100,
    unanswerable: Annotated[
        float, typer.Option(min=0, max=0.9, help="Share that asks for what no document tells.")
    ] = 0.2,
    model: Annotated[
        str | None, typer.Option(help="Who writes them; the route's first model unless given.")
    ] = None,
    most_usd: Annotated[
        Decimal | None,
        typer.Option("--budget", parser=budget, help="US dollars that this may cost."),
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=32, help="Calls at once.")] = 4,
    seed: Annotated[int, typer.Option(help="Which chunks are asked about.")] = _SEED,
    sets: Folder = Path("question-sets"),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Have a model write questions from the documents, and keep those that pass every check.

    Says what it may cost, asks, and begins. Every reply is kept as it comes: after Ctrl-C or an
    endpoint that is down the same command goes on, and a larger --questions adds to what is there.
    Status 1 where the endpoint failed, 3 where the budget or the chunks ended before the questions.
    """
    with deployment(data_dir, DATABASE), said():
        from footnote import bootstrap
        from footnote.evaluation.reply_file import Generation, ReplyFile
        from footnote.generate_questions import GenerationPlan, estimate
        from footnote.question_prompt import PROMPT_VERSION

        folder = SetFolder(sets)
        kb = KnowledgeBaseId(knowledge_base)
        writer = _writer(kb, model, priced=most_usd is not None)
        generation = Generation(
            knowledge_base=kb, model=writer.name, seed=seed, prompt=PROMPT_VERSION
        )
        plan = GenerationPlan(
            kb=kb,
            questions=questions,
            unanswerable=unanswerable,
            seed=seed,
            model=writer,
            budget=most_usd,
            concurrency=concurrency,
        )
        ports = bootstrap.generation_ports(writer, ReplyFile(folder.home(name), generation))
        _tell_estimate(estimate(plan, ports), plan)
        if not yes and not typer.confirm("Send them?", err=True):
            raise typer.Exit(1)
        made = _generated(plan, ports, silent=as_json)
        if not made.questions:
            raise UnprocessableError(_nothing(made))
        version = folder.add(name, made.questions)
    if as_json:
        print_json(named_set(version) | _as_json(made))
    else:
        tell_set(version, made.questions, as_json=False)
        _tell(made)
    if len(made.questions) < questions:
        print_error(_why_fewer(made, questions))
        raise typer.Exit(FEWER_STATUS)


def _writer(kb: KnowledgeBaseId, model: str | None, *, priced: bool) -> "Model":
    """The model that writes.

    Raises:
        UnprocessableError: there is none, or a budget without its prices.
    """
    from footnote import bootstrap
    from footnote.arm_models import Chosen, models_of
    from footnote.evaluation.arms import Arm

    catalogue = bootstrap.ask_ports().models.catalogue()
    found = models_of(Arm.RAG, catalogue, Chosen(kb=kb, model=model))
    if not found:
        message = f"no model answers {kb}, so none can write questions: connect one, or --model"
        raise UnprocessableError(message)
    if priced and found[0].input_price is None:
        message = (
            f"--budget needs the prices of {found[0].name}: `footnote models change` sets them"
        )
        raise UnprocessableError(message)
    return found[0]


def _generated(plan: "GenerationPlan", ports: "GenerationPorts", *, silent: bool) -> "Generated":
    from footnote.generate_questions import generate_questions

    columns = (TextColumn("writing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, disable=silent) as progress:
        task = progress.add_task("writing", total=plan.questions)
        told = replace(plan, told=lambda made: progress.update(task, completed=made))
        try:
            return generate_questions(told, ports)
        except KeyboardInterrupt:
            print_error("Stopped; every reply is kept, and the same command goes on.")
            raise typer.Exit(INTERRUPTED_STATUS) from None
        except ModelUnavailableError:
            print_error("Every reply so far is kept; the same command goes on.")
            raise


def _tell_estimate(one: "Estimate", plan: "GenerationPlan") -> None:
    cost = "at a cost that is not known: the model has no prices"
    if one.least_usd is not None and one.most_usd is not None:
        cost = f"about ${one.least_usd:.4f}, and at most ${one.most_usd:.4f} with rejects"
    told = (
        f"About {one.calls} calls of {one.tokens:,} tokens each, with text of {plan.kb}, go to"
        f" {plan.model.name} ({plan.model.base_url}), {cost}."
    )
    errors.print(told, markup=False, highlight=False, soft_wrap=True)


def _tell(made: "Generated") -> None:
    cost = f", ${made.usd:.4f}" if made.usd else ""
    tokens = made.usage.input_tokens + made.usage.output_tokens
    print_text(f"{made.calls} calls, {tokens:,} tokens{cost}.", "dim")
    for reason, count in made.rejects.most_common():
        print_text(f"Left out {count} times: {reason}.", "dim")


def _nothing(made: "Generated") -> str:
    if made.over_budget:
        return "the budget does not pay for the first calls: nothing was sent"
    reasons = "; ".join(f"{count} times: {why}" for why, count in made.rejects.most_common())
    return f"no question was let in ({reasons})"


def _why_fewer(made: "Generated", wanted: int) -> str:
    why = "there are no more chunks to ask about, or too many replies were left out"
    if made.over_budget:
        why = "the budget is spent; every reply is kept, and the same command goes on"
    return f"{len(made.questions)} of {wanted} questions: {why}."


def _as_json(made: "Generated") -> dict[str, Any]:
    kinds = Counter(question.kind for question in made.questions)
    return {
        "questions": len(made.questions),
        "kinds": dict(kinds),
        "rejects": {str(reason): count for reason, count in made.rejects.most_common()},
        "calls": made.calls,
        "input_tokens": made.usage.input_tokens,
        "output_tokens": made.usage.output_tokens,
        "cost_usd": float(made.usd),
        "over_budget": made.over_budget,
    }
