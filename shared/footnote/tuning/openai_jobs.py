"""Fine-tuning by any server that has OpenAI's files and fine-tuning jobs."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from pydantic import BaseModel

from footnote.domain.fine_tuning import JobEvent, JobReport, JobState, Trained, TrainingOrder
from footnote.openai_endpoint import OpenAIEndpoint
from footnote.tuning.openai_job_replies import (
    CheckpointReply,
    EventReply,
    JobReply,
    ModelReply,
    NamedReply,
    PageReply,
)

_UPLOAD_S, _CALL_S = 600.0, 60.0
_READ_ATTEMPTS = 3
_PAGE, _MOST_PAGES = 100, 50
_MARK = "footnote"
_STATES = {
    "succeeded": JobState.SUCCEEDED,
    "failed": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
}


class OpenAIJobs:
    """See `FineTuning`. What changes something is sent once; what only reads is tried again."""

    def __init__(self, base_url: str, api_key: str) -> None:
        """Connect to nothing yet."""
        name = "fine-tuning"
        self._writing = OpenAIEndpoint(base_url, api_key, name=name, attempts=1)
        self._reading = OpenAIEndpoint(base_url, api_key, name=name, attempts=_READ_ATTEMPTS)

    def start(self, order: TrainingOrder) -> str:
        """Upload, and create the job; the id of the one that it created before, if it did."""
        known = self._known(order.mark)
        if known:
            return known
        files = {"training_file": self._upload(f"{order.mark}.jsonl", order.training)}
        if order.held_out:
            files["validation_file"] = self._upload(f"{order.mark}-held-out.jsonl", order.held_out)
        body: dict[str, Any] = {
            **files,
            "model": order.base_model,
            "suffix": order.mark,
            "metadata": {_MARK: order.mark},
            "hyperparameters": {"n_epochs": order.epochs},
        }
        return self._write(
            lambda client: client.fine_tuning.jobs.with_raw_response.create(**body), JobReply
        ).id

    def look(self, remote_id: str) -> JobReport:
        """The job, its events and checkpoints; when it is over, its base model's last day."""
        job = self._read(
            lambda client: client.fine_tuning.jobs.with_raw_response.retrieve(remote_id), JobReply
        )
        state = _STATES.get(job.status, JobState.RUNNING)
        succeeded = state is JobState.SUCCEEDED
        return JobReport(
            status=job.status,
            state=state,
            error=job.error.told if job.error else "",
            trained_tokens=job.trained_tokens,
            events=tuple(self._events(remote_id)),
            trained=tuple(self._trained(job)) if succeeded else (),
            sunset=self._sunset(job.model) if succeeded else None,
        )

    def cancel(self, remote_id: str) -> None:
        """Ask the provider to stop it."""
        self._write(
            lambda client: client.fine_tuning.jobs.with_raw_response.cancel(remote_id), JobReply
        )

    def _known(self, mark: str) -> str | None:
        for job in self._pages(
            lambda client, **page: client.fine_tuning.jobs.with_raw_response.list(**page), JobReply
        ):
            if (job.metadata or {}).get(_MARK) == mark:
                return job.id
        return None

    def _upload(self, name: str, content: bytes) -> str:
        return self._writing.call(
            lambda client: client.files.with_raw_response.create(
                file=(name, content, "application/jsonl"), purpose="fine-tune"
            ),
            NamedReply,
            deadline_s=_UPLOAD_S,
        ).id

    def _events(self, remote_id: str) -> list[JobEvent]:
        found = self._pages(
            lambda client, **page: client.fine_tuning.jobs.with_raw_response.list_events(
                remote_id, **page
            ),
            EventReply,
        )
        events = [
            JobEvent(
                event_id=one.id,
                at=datetime.fromtimestamp(one.created_at, UTC),
                level=one.level,
                message=one.message,
                step=None if one.data.step is None else int(one.data.step),
                train_loss=one.data.train_loss,
                valid_loss=one.data.validation,
            )
            for one in found
        ]
        return events[::-1]  # the newest came first

    def _trained(self, job: JobReply) -> Iterator[Trained]:
        found = self._pages(
            lambda client, **page: client.fine_tuning.jobs.checkpoints.with_raw_response.list(
                job.id, **page
            ),
            CheckpointReply,
        )
        steps = sorted(found, key=lambda one: one.step_number)
        for one in steps[:-1]:
            name = one.fine_tuned_model_checkpoint
            yield Trained(remote_name=name, step=one.step_number, metrics=one.metrics.metrics)
        if job.fine_tuned_model:
            last = steps[-1].metrics.metrics if steps else {}
            yield Trained(remote_name=job.fine_tuned_model, metrics=last)

    def _sunset(self, model: str) -> date | None:
        models = self._read(
            lambda client: client.models.with_raw_response.list(), PageReply[ModelReply]
        )
        return next((one.shutdown_date for one in models.data if one.id == model), None)

    def _pages[Item: NamedReply](
        self, request: Callable[..., Any], item: type[Item]
    ) -> Iterator[Item]:
        form: type[PageReply[Item]] = PageReply[item]  # type: ignore[valid-type]
        after: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = self._read(partial(request, limit=_PAGE, **after), form)
            yield from page.data
            if not page.has_more or not page.data:
                return
            after = {"after": page.data[-1].id}

    def _read[Reply: BaseModel](self, request: Callable[..., Any], reply: type[Reply]) -> Reply:
        return self._reading.call(request, reply, deadline_s=_CALL_S)

    def _write[Reply: BaseModel](self, request: Callable[..., Any], reply: type[Reply]) -> Reply:
        return self._writing.call(request, reply, deadline_s=_CALL_S)
