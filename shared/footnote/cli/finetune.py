"""`footnote finetune start|watch|list|cancel`: data sets to fine-tuned models."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from footnote.cli.datasets import Name, Price, find_dataset
from footnote.cli.fine_tuning_words import (
    event_json,
    job_json,
    tell,
    tell_end,
    tell_events,
    tell_report,
)
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import (
    AsJson,
    KnowledgeBase,
    console,
    errors,
    plain_table,
    print_json,
    print_text,
)
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.fine_tuning import JobSettings, JobState, Provider

_ADDRESSES = {
    Provider.OPENAI: "https://api.openai.com/v1",
    Provider.TOGETHER: "https://api.together.ai/v1",
    Provider.FIREWORKS: "https://api.fireworks.ai/v1",
    Provider.BEDROCK: "",
}
_KEYS = {
    Provider.OPENAI: "OPENAI_API_KEY",
    Provider.TOGETHER: "TOGETHER_API_KEY",
    Provider.FIREWORKS: "FIREWORKS_API_KEY",
}
FAILED_STATUS = 1
Number = Annotated[int, typer.Argument(help="The job's number.")]
Every = Annotated[float, typer.Option(min=0.1, max=600, help="Seconds between two looks.")]


def start(
    dataset: Name,
    base: Annotated[str, typer.Option("--base", help="The model to begin from.")],
    provider: Annotated[Provider, typer.Option(help="Who trains.")] = Provider.OPENAI,
    endpoint: Annotated[
        str | None, typer.Option(help="Base URL, up to /v1; the provider's own unless given.")
    ] = None,
    key_ref: Annotated[
        str | None,
        typer.Option(help="Where its key is: an environment variable, or a secret's ARN."),
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, max=50, help="How often rows are learned.")] = 3,
    per_million: Price = None,
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="account, role, bucket, adapter or serve_at."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    knowledge_base: KnowledgeBase = "default",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Say what training would take, ask, and begin; `watch` follows it from any terminal."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap, fine_tune

        settings = JobSettings(
            provider=provider,
            base_model=base,
            base_url=_address(provider, endpoint),
            key_ref=_KEYS.get(provider, "") if key_ref is None else key_ref,
            epochs=epochs,
            options=_options(option or []),
        )
        kept = find_dataset(knowledge_base, dataset)
        planned = fine_tune.estimate(kept, epochs, per_million)
        tell(planned, settings, as_json=as_json)
        if not yes and not typer.confirm("Send them?", err=as_json):
            raise typer.Exit(1)
        kb, ports = KnowledgeBaseId(knowledge_base), bootstrap.fine_tune_ports()
        job = fine_tune.start(kept, kb, settings, planned.cost, ports)
    if as_json:
        print_json(job_json(job))
    else:
        print_text(f"Job {job.job_id} is {job.remote_id}; `footnote finetune watch {job.job_id}`.")


def watch(
    number: Number,
    every: Every = 10.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
    knowledge_base: KnowledgeBase = "default",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Follow a job to its end, with what its provider says; may be stopped and begun again.

    Status 1 where the job failed or was cancelled.
    """
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap, fine_tune

        ports = bootstrap.fine_tune_ports()
        jobs = bootstrap.fine_tuning_jobs()
        job = jobs.find(KnowledgeBaseId(knowledge_base), number)
        seen = set() if as_json else tell_events(jobs.events(job), set())
        if once:
            report = fine_tune.look(job, ports)
            if report and not as_json:
                tell_report(report, seen)
        else:
            for told in fine_tune.watch(job, every, ports):
                if isinstance(told, str):
                    errors.print(told, style="yellow", markup=False, highlight=False)
                elif not as_json:
                    tell_report(told, seen)
        job = jobs.find(job.kb, number)
        events = jobs.events(job)
    if as_json:
        print_json(job_json(job) | {"events": [event_json(one) for one in events]})
    else:
        tell_end(job)
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        raise typer.Exit(FAILED_STATUS)


def list_jobs(
    knowledge_base: KnowledgeBase = "default", as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Show every job as it stood when it was last looked at."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        jobs = bootstrap.fine_tuning_jobs().all_of(KnowledgeBaseId(knowledge_base))
    if as_json:
        print_json([job_json(job) for job in jobs])
        return
    if not jobs:
        print_text(f"{knowledge_base} has no job; `footnote finetune start` begins one.")
        return
    table = plain_table("job", "data set", "base", "by", "status", "tokens", "looked at")
    for job in jobs:
        status = Text(job.status, style="red" if job.state is JobState.FAILED else "")
        tokens = "" if job.trained_tokens is None else f"{job.trained_tokens:,}"
        table.add_row(
            str(job.job_id),
            Text(job.dataset),
            Text(job.settings.base_model),
            job.settings.provider,
            status,
            tokens,
            f"{job.updated_at:%Y-%m-%d %H:%M}",
        )
    console.print(table)
    for job in jobs:
        if job.error:
            print_text(f"{job.job_id}: {job.error}", "red")


def cancel(
    number: Number,
    knowledge_base: KnowledgeBase = "default",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Have a job stopped."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap, fine_tune

        jobs = bootstrap.fine_tuning_jobs()
        job = jobs.find(KnowledgeBaseId(knowledge_base), number)
        fine_tune.cancel(job, bootstrap.fine_tune_ports())
        job = jobs.find(job.kb, number)
    if as_json:
        print_json(job_json(job))
    else:
        print_text(f"Job {number}: {job.status}.")


def _address(provider: Provider, endpoint: str | None) -> str:
    address = endpoint if endpoint is not None else _ADDRESSES.get(provider)
    if address is None:
        message = f"{provider} has no address of its own; give --endpoint"
        raise UnprocessableError(message)
    return address


def _options(given: Sequence[str]) -> dict[str, str]:
    options = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or name not in ("account", "role", "bucket", "adapter", "serve_at"):
            message = f"{one} is none of account, role, bucket, adapter or serve_at, with =VALUE"
            raise UnprocessableError(message)
        options[name] = value
    return options
