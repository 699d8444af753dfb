"""Other providers, each against a simulator of its form: nothing is trained, nobody is called."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, override

import boto3
import pytest
from botocore.stub import ANY, Stubber

from footnote.aws.bedrock_jobs import BedrockJobs, conversations
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError, SettingsError
from footnote.domain.fine_tuning import JobState, TrainingOrder
from footnote.tuning.fireworks_jobs import FireworksJobs
from footnote.tuning.together_jobs import TogetherJobs
from footnote.tuning.training_file import written
from footnote.tuning.vllm_adapters import VllmAdapters
from tests.openai_test_server import Json, OpenAITestServer, status
from tests.simulated_fine_tuning import RefusedRequestError

pytestmark = pytest.mark.integration
CHAT = [
    {"role": "system", "content": "Rules."},
    {"role": "user", "content": "Why?"},
    {"role": "assistant", "content": "So."},
]
ROWS = written([CHAT] * 3)
ORDER = TrainingOrder(
    mark="footnote-support-7", base_model="base/m", epochs=2, training=ROWS, held_out=ROWS
)
AWS_HERE = "arn:aws:bedrock:eu-central-1:123456789012"
ARN = f"{AWS_HERE}:model-customization-job/amazon.x-v1:0:1k/abcdefghij01"
ROLE = "arn:aws:iam::123456789012:role/tuning"
AT = datetime(2026, 11, 28, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class SimulatedVllm(OpenAITestServer):
    loaded: list[str] = field(default_factory=list)

    @override
    def answer(self, method: str, path: str, query: dict[str, str], body: Json) -> Json | bytes:
        if path == "/v1/models":
            return {"data": [{"id": name, "parent": "base/m"} for name in ("base/m", *self.loaded)]}
        name = body["lora_name"]
        if path == "/v1/load_lora_adapter":
            if body["lora_path"] != "/weights/support":
                raise RefusedRequestError(status=404, message="No adapter found for /weights/x")
            self.loaded.append(name)
            return f"Success: LoRA adapter '{name}' added successfully.".encode()
        self.loaded.remove(name)
        return f"Success: LoRA adapter '{name}' removed successfully.".encode()


@dataclass(slots=True, kw_only=True)
class SimulatedTogether(OpenAITestServer):
    jobs: list[Json] = field(default_factory=list)
    statuses: list[str] = field(default_factory=lambda: ["pending", "running", "completed"])

    @override
    def answer(self, method: str, path: str, query: dict[str, str], body: Json) -> Json | bytes:
        if path == "/v1/files/upload":
            assert (body["purpose"], body["file_type"]) == (b"fine-tune", b"jsonl")
            assert body["file"] == ROWS
            return {"id": f"file-{body['file_name'].decode()}", "object": "file"}
        if (method, path) == ("POST", "/v1/fine-tunes"):
            self.jobs.append(body | {"id": "ft-1", "events": None})
        if path == "/v1/fine-tunes" and method == "GET":
            return {"data": self.jobs}
        if path.endswith("/cancel"):
            self.statuses = ["cancelled"]
        job = self.jobs[-1]
        now = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        event = {"created_at": "2026-11-28T10:00:00Z", "level": "info", "message": "on", "step": 2}
        failure = {"created_at": "x", "level": "error", "message": "out of memory", "type": "x"}
        events = [event, failure] if now == "error" else [event]
        name = {"model_output_name": "acme/m-footnote-support-7-ab"} if now == "completed" else {}
        return job | {"status": now, "events": events, "token_count": 12} | name


@dataclass(slots=True, kw_only=True)
class SimulatedFireworks(OpenAITestServer):
    datasets: dict[str, bytes] = field(default_factory=dict)
    jobs: list[Json] = field(default_factory=list)
    states: list[str] = field(default_factory=lambda: ["JOB_STATE_RUNNING", "JOB_STATE_COMPLETED"])

    @override
    def answer(self, method: str, path: str, query: dict[str, str], body: Json) -> Json | bytes:
        assert path.startswith("/v1/accounts/acme/")
        part = path.removeprefix("/v1/accounts/acme/")
        if part == "datasets":
            if body["datasetId"] in self.datasets:
                raise RefusedRequestError(status=409, message="dataset already exists")
            self.datasets[body["datasetId"]] = b""
            return {}
        if part.endswith(":upload"):
            self.datasets[part.removeprefix("datasets/").removesuffix(":upload")] = body["file"]
            return {}
        if part == "supervisedFineTuningJobs":
            if method == "GET":
                return {"supervisedFineTuningJobs": self.jobs}
            self.jobs.append(body | {"name": "accounts/acme/supervisedFineTuningJobs/j1"})
        elif part.endswith(":cancel"):
            self.states = ["JOB_STATE_CANCELLED"]
            return {}
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return self.jobs[-1] | {
            "state": state,
            "status": {"code": "INTERNAL", "message": "a node was lost"},
            "jobProgress": {"percent": 50, "epoch": 1},
        }


def test_vllm_serves_an_adapter_by_its_name_until_it_restarts() -> None:
    with SimulatedVllm() as server:
        adapters = VllmAdapters(server.base_url, "", "/weights/support")
        assert adapters.start(ORDER) == "footnote-support-7"
        assert adapters.start(ORDER) == "footnote-support-7"
        assert server.loaded == ["footnote-support-7"]
        report = adapters.look("footnote-support-7")
        assert (report.state, report.trained[0].remote_name) == (JobState.SUCCEEDED, ORDER.mark)
        adapters.cancel("footnote-support-7")
        assert "restarted" in adapters.look("footnote-support-7").error
        with pytest.raises(ModelRefusedError, match="No adapter found"):
            VllmAdapters(server.base_url, "", "/weights/x").start(ORDER)
    with pytest.raises(SettingsError, match="adapter=PATH"):
        VllmAdapters("http://x/v1", "", "")


def test_together_trains_by_fine_tunes() -> None:
    with SimulatedTogether(api_key="k") as server:
        jobs = TogetherJobs(server.base_url, "k")
        assert [jobs.start(ORDER), jobs.start(ORDER)] == ["ft-1", "ft-1"]
        (sent,) = server.jobs
        assert sent["training_file"] == "file-footnote-support-7.jsonl"
        assert (sent["suffix"], sent["n_epochs"]) == ("footnote-support-7", 2)
        reports = [jobs.look("ft-1") for _ in range(2)]
        assert [one.status for one in reports] == ["running", "completed"]
        assert reports[-1].trained[0].remote_name == "acme/m-footnote-support-7-ab"
        assert (reports[0].events[0].step, reports[0].trained) == (2, ())
        server.statuses = ["error"]
        assert jobs.look("ft-1").error == "out of memory"
        jobs.cancel("ft-1")
        assert jobs.look("ft-1").state is JobState.CANCELLED
        server.statuses = ["compressing"]
        assert jobs.look("ft-1").state is JobState.RUNNING


def test_fireworks_trains_by_datasets_and_supervised_jobs() -> None:
    with SimulatedFireworks(api_key="k") as server:
        jobs = FireworksJobs(server.base_url, "k", account="acme")
        server.datasets["footnote-support-7"] = b"half"  # an earlier attempt broke off
        name = jobs.start(ORDER)
        assert jobs.start(ORDER) == name
        assert server.datasets == {"footnote-support-7": ROWS, "footnote-support-7-held-out": ROWS}
        assert server.jobs[0]["dataset"] == "accounts/acme/datasets/footnote-support-7"
        done = jobs.look(name)
        assert done.state is JobState.SUCCEEDED
        assert done.trained[0].remote_name == "accounts/acme/models/footnote-support-7"
        assert done.events[0].message == "50 % (epoch 1)"
        server.states = ["JOB_STATE_FAILED"]
        assert jobs.look(name).error == "a node was lost"
        jobs.cancel(name)
        assert jobs.look(name).state is JobState.CANCELLED
        server.faults.append(status(500, message="down"))
        with pytest.raises(ModelUnavailableError, match="down"):
            jobs.look(name)
    with pytest.raises(SettingsError, match="account=ID"):
        FireworksJobs("http://x/v1", "", account="")


@dataclass
class Aws:
    bedrock: Any
    s3: Any
    jobs: BedrockJobs


@pytest.fixture
def aws() -> Iterator[Aws]:
    """Botocore's own stubs hold every request against AWS' description of it."""
    bedrock, s3 = boto3.client("bedrock"), boto3.client("s3")
    jobs = BedrockJobs(bedrock, s3, role=ROLE, bucket="tuning-rows")
    with Stubber(bedrock) as bedrock_stub, Stubber(s3) as s3_stub:
        yield Aws(bedrock=bedrock_stub, s3=s3_stub, jobs=jobs)
        bedrock_stub.assert_no_pending_responses()
        s3_stub.assert_no_pending_responses()


def described(**changed: object) -> Json:
    uri = {"s3Uri": "s3://tuning-rows/x"}
    return {
        "jobArn": ARN,
        "jobName": ORDER.mark,
        "outputModelName": ORDER.mark,
        "roleArn": ROLE,
        "creationTime": AT,
        "baseModelArn": "arn:aws:bedrock:eu-central-1::foundation-model/amazon.x-v1:0:1k",
        "trainingDataConfig": uri,
        "validationDataConfig": {"validators": []},
        "outputDataConfig": uri,
        "status": "InProgress",
        **changed,
    }


def test_bedrock_reads_rows_from_a_bucket_in_its_own_form(aws: Aws) -> None:
    aws.bedrock.add_client_error("get_model_customization_job", "ResourceNotFoundException")
    for what in ("training", "held-out"):
        aws.s3.add_response(
            "put_object",
            {},
            {"Bucket": "tuning-rows", "Key": f"footnote-support-7/{what}.jsonl", "Body": ANY},
        )
    sent = {
        "jobName": ORDER.mark,
        "customModelName": ORDER.mark,
        "roleArn": ROLE,
        "clientRequestToken": ORDER.mark,
        "baseModelIdentifier": "base/m",
        "customizationType": "FINE_TUNING",
        "hyperParameters": {"epochCount": "2"},
        "trainingDataConfig": {"s3Uri": "s3://tuning-rows/footnote-support-7/training.jsonl"},
        "validationDataConfig": {
            "validators": [{"s3Uri": "s3://tuning-rows/footnote-support-7/held-out.jsonl"}]
        },
        "outputDataConfig": {"s3Uri": "s3://tuning-rows/footnote-support-7/output/"},
    }
    aws.bedrock.add_response("create_model_customization_job", {"jobArn": ARN}, sent)
    assert aws.jobs.start(ORDER) == ARN
    aws.bedrock.add_response("get_model_customization_job", described())
    assert aws.jobs.start(ORDER) == ARN
    line = json.loads(conversations(ROWS).splitlines()[0])
    assert line["system"] == [{"text": "Rules."}]
    assert [one["role"] for one in line["messages"]] == ["user", "assistant"]


def test_bedrock_tells_steps_losses_and_failures(aws: Aws) -> None:
    steps = {"trainingDetails": {"status": "InProgress", "creationTime": AT}}
    aws.bedrock.add_response("get_model_customization_job", described(statusDetails=steps))
    running = aws.jobs.look(ARN)
    assert (running.state, running.events[0].message) == (JobState.RUNNING, "training: InProgress")
    model = "arn:aws:bedrock:eu-central-1:123456789012:custom-model/amazon.x-v1:0:1k/abcdefghij01"
    done = described(
        status="Completed",
        outputModelArn=model,
        trainingMetrics={"trainingLoss": 0.5},
        validationMetrics=[{"validationLoss": 0.75}],
    )
    aws.bedrock.add_response("get_model_customization_job", done)
    (trained,) = aws.jobs.look(ARN).trained
    assert trained.remote_name == model
    assert trained.metrics == {"train_loss": 0.5, "valid_loss": 0.75}
    failed = described(status="Failed", failureMessage="no access to the bucket")
    aws.bedrock.add_response("get_model_customization_job", failed)
    assert aws.jobs.look(ARN).error == "no access to the bucket"
    aws.bedrock.add_response("stop_model_customization_job", {}, {"jobIdentifier": ARN})
    aws.jobs.cancel(ARN)


def test_bedrocks_errors_are_told_as_they_are(aws: Aws) -> None:
    aws.bedrock.add_client_error(
        "get_model_customization_job", "AccessDeniedException", "not authorized", 403
    )
    with pytest.raises(ModelRefusedError, match=r"AccessDeniedException.*not authorized"):
        aws.jobs.look(ARN)
    aws.bedrock.add_client_error("get_model_customization_job", "ThrottlingException", "slow down")
    with pytest.raises(ModelUnavailableError, match="slow down"):
        aws.jobs.look(ARN)
    with pytest.raises(SettingsError, match="role=ARN"):
        BedrockJobs(aws.bedrock, aws.s3, role="", bucket="b")
