"""Fine-tuning jobs as people and programs are told of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from footnote.cli.money import cost_in_words
from footnote.cli.output import errors, print_text
from footnote.domain.fine_tuning import Job, JobEvent, JobReport, JobSettings, JobState

if TYPE_CHECKING:
    from footnote.fine_tune import Estimate


def tell(planned: "Estimate", settings: JobSettings, *, as_json: bool) -> None:
    """What is about to be sent, and where."""
    where = settings.base_url or "AWS"
    told = (
        f"{planned.rows} rows to train, {planned.held_out} held out, about {planned.tokens:,}"
        f" tokens {settings.epochs} times, {cost_in_words(planned.cost)}, go to {settings.provider}"
        f" ({where}) to fine-tune {settings.base_model}."
    )
    if as_json:
        errors.print(told, markup=False, highlight=False, soft_wrap=True)
    else:
        print_text(told)


def tell_report(report: JobReport, seen: set[str]) -> None:
    """How a job stands, with what is new."""
    print_text(f"status: {report.status}", "dim")
    tell_events(report.events, seen)


def tell_events(events: Sequence[JobEvent], seen: set[str]) -> set[str]:
    """Those that were not told yet; all that are told by now."""
    for one in events:
        if one.event_id not in seen:
            seen.add(one.event_id)
            print_text(f"{one.at:%H:%M:%S} {one.message}{_losses(one)}")
    return seen


def tell_end(job: Job) -> None:
    """How a job ended."""
    if job.state is JobState.SUCCEEDED:
        print_text(f"Job {job.job_id} succeeded; `footnote checkpoint list` shows what came of it.")
    elif job.state.is_over:
        print_text(f"Job {job.job_id} {job.state}: {job.error or job.status}", "red")
    else:
        print_text(f"Job {job.job_id}: {job.status}.")


def job_json(job: Job) -> dict[str, Any]:
    """A job for programs."""
    return {
        "job": job.job_id,
        "dataset": job.dataset,
        "provider": job.settings.provider,
        "base_model": job.settings.base_model,
        "remote_id": job.remote_id,
        "status": job.status,
        "state": job.state,
        "error": job.error,
        "trained_tokens": job.trained_tokens,
        "estimated_cost_usd": job.estimated_cost,
        "created_at": job.created_at.isoformat(),
        "updated_at": job.updated_at.isoformat(),
    }


def event_json(one: JobEvent) -> dict[str, Any]:
    """An event of a job for programs."""
    return {
        "at": one.at.isoformat(),
        "level": one.level,
        "message": one.message,
        "step": one.step,
        "train_loss": one.train_loss,
        "valid_loss": one.valid_loss,
    }


def _losses(one: JobEvent) -> str:
    """Those that the message does not tell."""
    told = {"training loss": one.train_loss, "validation loss": one.valid_loss}
    new = [f"{name} {loss:g}" for name, loss in told.items() if loss is not None]
    return f" ({', '.join(new)})" if new and "loss" not in one.message else ""
