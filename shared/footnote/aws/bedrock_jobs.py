"""Fine-tuning by Amazon Bedrock: rows go to S3, and a model customization job reads them there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from footnote.domain.errors import ModelRefusedError, ModelUnavailableError, SettingsError
from footnote.domain.fine_tuning import JobEvent, JobReport, JobState, Trained, TrainingOrder
from footnote.domain.masking import told

_STATES = {
    "Completed": JobState.SUCCEEDED,
    "Failed": JobState.FAILED,
    "Stopped": JobState.CANCELLED,
}
_LATER = {"ThrottlingException", "InternalServerException", "ServiceUnavailableException"}
_UNKNOWN = "ResourceNotFoundException"


class BedrockJobs:
    """See `FineTuning`; `bedrock` and `s3` are boto3's clients."""

    def __init__(self, bedrock: Any, s3: Any, *, role: str, bucket: str) -> None:
        """Connect to nothing yet.

        Raises:
            SettingsError: the role or the bucket is not named.
        """
        if not role or not bucket:
            message = "name the role that Bedrock takes and a bucket of yours: --option role=ARN"
            raise SettingsError(f"{message} --option bucket=NAME")
        self._bedrock, self._s3 = bedrock, s3
        self._role, self._bucket = role, bucket

    def start(self, order: TrainingOrder) -> str:
        """Put the rows into the bucket, and create the job; one of that name is not repeated."""
        with _errors():
            known = self._known(order.mark)
            if known:
                return known
            request: dict[str, Any] = {
                "jobName": order.mark,
                "customModelName": order.mark,
                "roleArn": self._role,
                "clientRequestToken": order.mark,
                "baseModelIdentifier": order.base_model,
                "customizationType": "FINE_TUNING",
                "hyperParameters": {"epochCount": str(order.epochs)},
                "trainingDataConfig": {"s3Uri": self._put(order, "training", order.training)},
                "outputDataConfig": {"s3Uri": f"s3://{self._bucket}/{order.mark}/output/"},
            }
            if order.held_out:
                uri = self._put(order, "held-out", order.held_out)
                request["validationDataConfig"] = {"validators": [{"s3Uri": uri}]}
            return str(self._bedrock.create_model_customization_job(**request)["jobArn"])

    def look(self, remote_id: str) -> JobReport:
        """The job; its steps are its events, its losses come with the end."""
        with _errors():
            job = self._bedrock.get_model_customization_job(jobIdentifier=remote_id)
        state = _STATES.get(job.get("status", ""), JobState.RUNNING)
        model = job.get("outputModelArn")
        metrics = _metrics(job)
        trained = (Trained(remote_name=model, metrics=metrics),) if model else ()
        return JobReport(
            status=job.get("status", "unknown"),
            state=state,
            error=job.get("failureMessage", ""),
            events=tuple(_events(job)),
            trained=trained if state is JobState.SUCCEEDED else (),
        )

    def cancel(self, remote_id: str) -> None:
        """Ask Bedrock to stop it."""
        with _errors():
            self._bedrock.stop_model_customization_job(jobIdentifier=remote_id)

    def _known(self, mark: str) -> str | None:
        from botocore.exceptions import ClientError

        try:
            job = self._bedrock.get_model_customization_job(jobIdentifier=mark)
        except ClientError as error:
            # Of a name that it does not know, Bedrock says either.
            if error.response["Error"]["Code"] in (_UNKNOWN, "ValidationException"):
                return None
            raise
        return str(job["jobArn"])

    def _put(self, order: TrainingOrder, what: str, content: bytes) -> str:
        key = f"{order.mark}/{what}.jsonl"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=conversations(content))
        return f"s3://{self._bucket}/{key}"


def conversations(content: bytes) -> bytes:
    """Chat rows in the form of Bedrock's Converse API, which its fine-tuning reads."""
    lines = []
    for line in content.splitlines():
        messages = json.loads(line)["messages"]
        row = {
            "schemaVersion": "bedrock-conversation-2024",
            "system": [{"text": one["content"]} for one in messages if one["role"] == "system"],
            "messages": [
                {"role": one["role"], "content": [{"text": one["content"]}]}
                for one in messages
                if one["role"] != "system"
            ],
        }
        lines.append(json.dumps(row, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines).encode()


def _metrics(job: dict[str, Any]) -> dict[str, float]:
    found: dict[str, float | None] = {
        "train_loss": job.get("trainingMetrics", {}).get("trainingLoss"),
        "valid_loss": next(
            (one.get("validationLoss") for one in job.get("validationMetrics", [])), None
        ),
    }
    return {name: value for name, value in found.items() if value is not None}


def _events(job: dict[str, Any]) -> Iterator[JobEvent]:
    for part, details in job.get("statusDetails", {}).items():
        at = details.get("lastModifiedTime") or details.get("creationTime") or job["creationTime"]
        name, status = part.removesuffix("Details"), details.get("status", "unknown")
        assert isinstance(at, datetime)  # noqa: S101 - botocore parses timestamps
        yield JobEvent(
            event_id=f"{part} {status}", at=at, level="info", message=f"{name}: {status}"
        )


@contextmanager
def _errors() -> Iterator[None]:
    """What botocore raises in Footnote's words, with what AWS says."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        answer = error.response.get("Error", {})
        code, said = answer.get("Code", ""), answer.get("Message", "")
        if code in _LATER:
            message = f"Bedrock is overloaded or failing ({code}): {said}"
            raise ModelUnavailableError(message) from error
        message = f"AWS rejects the request ({code}): {said}"
        raise ModelRefusedError(message) from error
    except BotoCoreError as error:
        message = f"Bedrock cannot be reached: {told(error)}"
        raise ModelUnavailableError(message) from error
