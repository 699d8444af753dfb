"""Fine-tuning by Fireworks: a dataset, a file in it, and a supervised fine-tuning job.

As https://docs.fireworks.ai/fine-tuning/fine-tuning-via-api describes it.
"""

from datetime import UTC, datetime

from pydantic import BaseModel

from footnote.domain.errors import ModelRefusedError, ModelUnavailableError, SettingsError
from footnote.domain.fine_tuning import JobEvent, JobReport, JobState, Trained, TrainingOrder
from footnote.openai_endpoint import OpenAIEndpoint

_UPLOAD_S, _CALL_S = 600.0, 60.0
_STATES = {
    "JOB_STATE_COMPLETED": JobState.SUCCEEDED,
    "JOB_STATE_FAILED": JobState.FAILED,
    "JOB_STATE_CANCELLED": JobState.CANCELLED,
}


class _Status(BaseModel):
    code: str = ""
    message: str = ""


class _Progress(BaseModel):
    percent: float | None = None
    epoch: int | None = None
    inputTokens: int | None = None


class _Job(BaseModel):
    name: str = ""
    displayName: str = ""
    state: str = "unknown"
    status: _Status | None = None
    outputModel: str = ""
    jobProgress: _Progress | None = None


class _Jobs(BaseModel):
    supervisedFineTuningJobs: list[_Job] = []


class _Anything(BaseModel):
    pass


class FireworksJobs:
    """See `FineTuning`."""

    def __init__(self, base_url: str, api_key: str, *, account: str) -> None:
        """Connect to nothing yet.

        Raises:
            SettingsError: the account is not named.
        """
        if not account:
            message = "name your account at Fireworks: --option account=ID"
            raise SettingsError(message)
        self._account = f"/accounts/{account}"
        self._endpoint = OpenAIEndpoint(base_url, api_key, name="fine-tuning", attempts=1)

    def start(self, order: TrainingOrder) -> str:
        """Upload, and create the job; the name of the one that it created before, if it did."""
        jobs = f"{self._account}/supervisedFineTuningJobs"
        for known in self._endpoint.get(jobs, _Jobs, deadline_s=_CALL_S).supervisedFineTuningJobs:
            if known.displayName == order.mark:
                return known.name
        body = {
            "dataset": self._dataset(order.mark, order.training),
            "displayName": order.mark,
            "baseModel": order.base_model,
            "outputModel": f"{self._account[1:]}/models/{order.mark}",
            "epochs": order.epochs,
        }
        if order.held_out:
            body["evaluationDataset"] = self._dataset(f"{order.mark}-held-out", order.held_out)
        return self._endpoint.post(jobs, body, _Job, deadline_s=_CALL_S).name

    def look(self, remote_id: str) -> JobReport:
        """The job; how far it is stands for its events."""
        job = self._endpoint.get(f"/{remote_id}", _Job, deadline_s=_CALL_S)
        state = _STATES.get(job.state, JobState.RUNNING)
        succeeded = state is JobState.SUCCEEDED and job.outputModel
        progress = job.jobProgress
        return JobReport(
            status=job.state,
            state=state,
            error=job.status.message if job.status and state is JobState.FAILED else "",
            trained_tokens=progress.inputTokens if progress else None,
            events=tuple(_events(job)),
            trained=(Trained(remote_name=job.outputModel),) if succeeded else (),
        )

    def cancel(self, remote_id: str) -> None:
        """Ask the provider to stop it."""
        self._endpoint.post(f"/{remote_id}:cancel", {}, _Anything, deadline_s=_CALL_S)

    def _dataset(self, name: str, content: bytes) -> str:
        body = {
            "datasetId": name,
            "dataset": {"userUploaded": {}, "exampleCount": str(content.count(b"\n"))},
        }
        try:
            self._endpoint.post(f"{self._account}/datasets", body, _Anything, deadline_s=_CALL_S)
        except (ModelRefusedError, ModelUnavailableError) as error:
            # An earlier attempt made it; what it holds is uploaded once more.
            if "already exists" not in str(error):
                raise
        self._endpoint.post(
            f"{self._account}/datasets/{name}:upload",
            {},
            _Anything,
            deadline_s=_UPLOAD_S,
            files=[("file", (f"{name}.jsonl", content, "application/jsonl"))],
        )
        return f"{self._account[1:]}/datasets/{name}"


def _events(job: _Job) -> list[JobEvent]:
    progress = job.jobProgress
    if progress is None or progress.percent is None:
        return []
    message = f"{progress.percent:.0f} % (epoch {progress.epoch or 0})"
    return [JobEvent(event_id=message, at=datetime.now(UTC), level="info", message=message)]
