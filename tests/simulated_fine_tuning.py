"""Files and fine-tuning jobs of the simulated OpenAI-compatible server: nothing is ever trained.

A job goes one status on each time that somebody looks at it, along `script`. Losses are drawn by a
formula, and say nothing of any model.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from itertools import count
from typing import Any

type Json = dict[str, Any]

SUCCEEDS = ("validating_files", "queued", "running", "succeeded")
FAILS = ("validating_files", "queued", "running", "failed")
FEWEST_EXAMPLES = 10
STEPS = 6
_OVER = {"succeeded", "failed", "cancelled"}
_ROLES = {"system", "user", "assistant", "tool", "developer"}


@dataclass(kw_only=True)
class RefusedRequestError(Exception):
    """What the server answers with an error in OpenAI's form."""

    status: int
    message: str
    param: str | None = None


@dataclass(kw_only=True)
class _Job:
    told: Json
    script: tuple[str, ...]
    at: int = 0
    events: list[Json] = field(default_factory=list)
    checkpoints: list[Json] = field(default_factory=list)


@dataclass(kw_only=True)
class SimulatedFineTuning:
    """What was uploaded, and the jobs; `script` is that of the jobs that are created from now on.

    `losses` is what a job tells of each step: training loss and validation loss.
    """

    script: tuple[str, ...] = SUCCEEDS
    failure: str = "The job failed due to an internal error."
    losses: Callable[[int], tuple[float, float]] = lambda step: (
        round(2 * math.exp(-step / 3) + 0.4, 4),
        round(2 * math.exp(-step / 3) + 0.5, 4),
    )
    base_models: tuple[str, ...] = ("test-model",)
    files: dict[str, bytes] = field(default_factory=dict)
    trained: list[str] = field(default_factory=list)
    _about_files: dict[str, Json] = field(default_factory=dict)
    _jobs: dict[str, _Job] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Json) -> Any:
        """The reply to one request: JSON, or the bytes of a file; None where this is no such path.

        Raises:
            RefusedRequestError: there is no such thing, or it cannot be.
        """
        parts = path.removeprefix("/v1/").split("/")
        if parts[0] == "files":
            return self._file_request(method, parts[1:], body)
        if parts[:2] == ["fine_tuning", "jobs"]:
            return self._job_request(method, parts[2:], query, body)
        return None

    def _file_request(self, method: str, parts: Sequence[str], body: Json) -> Any:
        match method, *parts:
            case ("POST",):
                return self._upload(body)
            case ("GET",):
                return _listed(list(self._about_files.values()), {})
            case "GET", name:
                return self._file(name)
            case "GET", name, "content":
                self._file(name)
                return self.files[name]
            case "DELETE", name:
                self._file(name)
                del self.files[name], self._about_files[name]
                return {"id": name, "object": "file", "deleted": True}
        return None

    def _job_request(
        self, method: str, parts: Sequence[str], query: Mapping[str, str], body: Json
    ) -> Any:
        match method, *parts:
            case ("POST",):
                return self._create(body)
            case ("GET",):
                return _listed([job.told for job in reversed(self._jobs.values())], query)
            case "GET", name:
                return self._looked_at(name)
            case "POST", name, "cancel":
                return self._cancelled(name)
            case "GET", name, "events":
                return _listed(self._job(name).events[::-1], query)
            case "GET", name, "checkpoints":
                return _listed(self._job(name).checkpoints[::-1], query)
        return None

    def _upload(self, form: Json) -> Json:
        if form.get("purpose") != b"fine-tune":
            raise RefusedRequestError(status=400, message="Invalid purpose.", param="purpose")
        name, content = f"file-{next(self._numbers)}", form.get("file", b"")
        if not content:
            raise RefusedRequestError(status=400, message="File is empty.", param="file")
        self.files[name] = content
        self._about_files[name] = {
            "id": name,
            "object": "file",
            "bytes": len(content),
            "created_at": int(time.time()),
            "filename": form["filename"],
            "purpose": "fine-tune",
            "status": "processed",
        }
        return self._about_files[name]

    def _file(self, name: str) -> Json:
        if name not in self._about_files:
            raise RefusedRequestError(status=404, message=f"No such File object: {name}")
        return self._about_files[name]

    def _job(self, name: str) -> _Job:
        if name not in self._jobs:
            message = f"Could not find fine tune: {name}"
            raise RefusedRequestError(status=404, message=message, param="fine_tune_id")
        return self._jobs[name]

    def _create(self, body: Json) -> Json:
        model = body.get("model")
        if model not in self.base_models:
            message = f"Model {model} is not available for fine-tuning or does not exist."
            raise RefusedRequestError(status=400, message=message, param="model")
        for part in ("training_file", "validation_file"):
            if body.get(part) and body[part] not in self.files:
                message = f"invalid {part}: {body[part]}"
                raise RefusedRequestError(status=400, message=message, param=part)
        number = next(self._numbers)
        told = {
            "id": f"ftjob-{number}",
            "object": "fine_tuning.job",
            "created_at": int(time.time()),
            "error": {},
            "fine_tuned_model": None,
            "finished_at": None,
            "hyperparameters": body.get("hyperparameters") or {"n_epochs": "auto"},
            "model": model,
            "organization_id": "org-simulated",
            "result_files": [],
            "seed": body.get("seed") or 0,
            "status": self.script[0],
            "trained_tokens": None,
            "training_file": body["training_file"],
            "validation_file": body.get("validation_file"),
            "suffix": body.get("suffix") or "",
            "metadata": body.get("metadata"),
        }
        job = self._jobs[told["id"]] = _Job(told=told, script=self.script)
        self._event(job, "info", f"Created fine-tuning job: {told['id']}")
        return told

    def _looked_at(self, name: str) -> Json:
        job = self._job(name)
        told = dict(job.told)
        if job.told["status"] not in _OVER:
            self._go_on(job)
        return told

    def _go_on(self, job: _Job) -> None:
        mistake = _mistake(self.files[job.told["training_file"]])
        if mistake and job.told["status"] == "validating_files":
            self._fail(job, *mistake)
            return
        job.at = min(job.at + 1, len(job.script) - 1)
        status = job.script[job.at]
        if status == "failed":
            self._fail(job, "server_error", self.failure, None)
            return
        job.told["status"] = status
        self._event(job, "info", f"The job is now {status}")
        if status == "running":
            self._train(job)
        if status == "succeeded":
            self._finish(job)

    def _fail(self, job: _Job, code: str, message: str, param: str | None) -> None:
        job.told |= {"status": "failed", "finished_at": int(time.time())}
        job.told["error"] = {"code": code, "message": message, "param": param}
        self._event(job, "error", message)

    def _train(self, job: _Job) -> None:
        for step in range(1, STEPS + 1):
            train, valid = self.losses(step)
            figures = {"step": step, "train_loss": train, "valid_loss": valid}
            message = f"Step {step}/{STEPS}: training loss={train}, validation loss={valid}"
            self._event(job, "info", message, figures)
        for step in (STEPS // 2, STEPS):
            train, valid = self.losses(step)
            job.checkpoints.append(
                {
                    "id": f"ftckpt-{next(self._numbers)}",
                    "object": "fine_tuning.job.checkpoint",
                    "created_at": int(time.time()),
                    "fine_tuned_model_checkpoint": f"{self._name(job)}:ckpt-step-{step}",
                    "fine_tuning_job_id": job.told["id"],
                    "metrics": {"step": step, "train_loss": train, "full_valid_loss": valid},
                    "step_number": step,
                }
            )

    def _finish(self, job: _Job) -> None:
        name = self._name(job)
        content = self.files[job.told["training_file"]]
        job.told |= {"fine_tuned_model": name, "finished_at": int(time.time())}
        job.told["trained_tokens"] = len(content.split())
        self.trained.append(name)
        self._event(job, "info", "New fine-tuned model created")

    def _name(self, job: _Job) -> str:
        number = job.told["id"].removeprefix("ftjob-")
        return f"ft:{job.told['model']}:simulated:{job.told['suffix']}:{number}"

    def _cancelled(self, name: str) -> Json:
        job = self._job(name)
        if job.told["status"] in _OVER:
            message = f"Job has already completed: {name}"
            raise RefusedRequestError(status=400, message=message)
        job.told |= {"status": "cancelled", "finished_at": int(time.time())}
        self._event(job, "info", "The job was cancelled")
        return job.told

    def _event(self, job: _Job, level: str, message: str, figures: Json | None = None) -> None:
        job.events.append(
            {
                "object": "fine_tuning.job.event",
                "id": f"ftevent-{next(self._numbers)}",
                "created_at": int(time.time()),
                "level": level,
                "message": message,
                "data": figures,
                "type": "metrics" if figures else "message",
            }
        )


def read_form(content_type: str, body: bytes) -> Json:
    """The fields of a `multipart/form-data` body as bytes, with the name of its file."""
    parsed = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    form: Json = {}
    for part in parsed.get_payload():
        assert isinstance(part, Message)
        name = part.get_param("name", header="content-disposition")
        form[str(name)] = part.get_payload(decode=True)
        if part.get_filename():
            form["filename"] = part.get_filename()
    return form


def _listed(rows: Sequence[Json], query: Mapping[str, str]) -> Json:
    """A page, as the client's own iteration asks for the next one."""
    ids = [row["id"] for row in rows]
    start = ids.index(query["after"]) + 1 if query.get("after") in ids else 0
    limit = int(query.get("limit", 20))
    page = list(rows[start : start + limit])
    return {"object": "list", "data": page, "has_more": start + limit < len(rows)}


def _mistake(content: bytes) -> tuple[str, str, str] | None:
    """What validation finds, in the form and nearly the words of the real one."""
    lines = content.decode(errors="replace").splitlines()
    for number, line in enumerate(lines, start=1):
        for problem in _problems(line):
            message = (
                "The job failed due to an invalid training file. Invalid file format."
                f" Line {number}: {problem}"
            )
            return "invalid_training_file", message, "training_file"
    if len(lines) < FEWEST_EXAMPLES:
        message = (
            f"Training file has {len(lines)} example(s), but must have at least"
            f" {FEWEST_EXAMPLES} examples"
        )
        return "invalid_n_examples", message, "training_file"
    return None


def _problems(line: str) -> Iterator[str]:
    try:
        messages = json.loads(line)["messages"]
    except (ValueError, KeyError, TypeError):
        yield 'expected a JSON dictionary with the key "messages"'
        return
    for number, message in enumerate(messages, start=1):
        if message.get("role") not in _ROLES:
            yield f'message {number}, key "role": not one of {sorted(_ROLES)}'
        if not isinstance(message.get("content"), str):
            yield f'message {number}, key "content": not a string'
    if not messages or messages[-1].get("role") != "assistant":
        yield "the last message must be from the assistant"
