"""Fine-tuning by Together: OpenAI's files, and `/fine-tunes` for jobs.

As https://docs.together.ai/reference/post-fine-tunes describes it.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator

from footnote.domain.fine_tuning import JobEvent, JobReport, JobState, Trained, TrainingOrder
from footnote.openai_endpoint import OpenAIEndpoint

_UPLOAD_S, _CALL_S = 600.0, 60.0
_STATES = {
    "completed": JobState.SUCCEEDED,
    "error": JobState.FAILED,
    "user_error": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
}


def _time(value: object) -> object:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _list(value: object) -> object:
    return value or []


class _File(BaseModel):
    id: str


class _Event(BaseModel):
    created_at: Annotated[datetime, BeforeValidator(_time)]
    level: str | None = None
    message: str = ""
    type: str = ""
    step: int | None = None
    hash: str | None = None


class _Job(BaseModel):
    id: str
    status: str = "unknown"
    suffix: str | None = None
    model_output_name: str | None = None
    token_count: int | None = None
    events: Annotated[list[_Event], BeforeValidator(_list)] = []


class _Jobs(BaseModel):
    data: list[_Job] = []


class _Cancelled(BaseModel):
    status: str = ""


class TogetherJobs:
    """See `FineTuning`."""

    def __init__(self, base_url: str, api_key: str) -> None:
        """Connect to nothing yet."""
        self._endpoint = OpenAIEndpoint(base_url, api_key, name="fine-tuning", attempts=1)

    def start(self, order: TrainingOrder) -> str:
        """Upload, and create the job; the id of the one that it created before, if it did."""
        for known in self._endpoint.get("/fine-tunes", _Jobs, deadline_s=_CALL_S).data:
            if known.suffix == order.mark or _ends_in(known.model_output_name, order.mark):
                return known.id
        body: dict[str, Any] = {
            "training_file": self._upload(f"{order.mark}.jsonl", order.training),
            "model": order.base_model,
            "n_epochs": order.epochs,
            "suffix": order.mark,
        }
        if order.held_out:
            held_out = self._upload(f"{order.mark}-held-out.jsonl", order.held_out)
            body |= {"validation_file": held_out, "n_evals": 4}
        return self._endpoint.post("/fine-tunes", body, _Job, deadline_s=_CALL_S).id

    def look(self, remote_id: str) -> JobReport:
        """The job, with its events."""
        job = self._endpoint.get(f"/fine-tunes/{remote_id}", _Job, deadline_s=_CALL_S)
        state = _STATES.get(job.status, JobState.RUNNING)
        failed = [one.message for one in job.events if one.level == "error" or "error" in one.type]
        trained = (Trained(remote_name=job.model_output_name),) if job.model_output_name else ()
        return JobReport(
            status=job.status,
            state=state,
            error=(failed[-1] if failed else job.status) if state is JobState.FAILED else "",
            trained_tokens=job.token_count,
            events=tuple(_event(at, one) for at, one in enumerate(job.events)),
            trained=trained if state is JobState.SUCCEEDED else (),
        )

    def cancel(self, remote_id: str) -> None:
        """Ask the provider to stop it."""
        self._endpoint.post(f"/fine-tunes/{remote_id}/cancel", {}, _Cancelled, deadline_s=_CALL_S)

    def _upload(self, name: str, content: bytes) -> str:
        """As Together wants it: the name and the purpose stand in the form as well."""
        return self._endpoint.post(
            "/files/upload",
            {"purpose": "fine-tune", "file_name": name, "file_type": "jsonl"},
            _File,
            deadline_s=_UPLOAD_S,
            files=[("file", (name, content, "application/octet-stream"))],
        ).id


def _ends_in(name: str | None, mark: str) -> bool:
    """Output names end in the suffix and what makes them unique."""
    return bool(name) and f"-{mark}-" in f"{name}-"


def _event(at: int, one: _Event) -> JobEvent:
    return JobEvent(
        event_id=one.hash or f"{at}",
        at=one.created_at,
        level=one.level or "info",
        message=one.message or one.type,
        step=one.step or None,
    )
