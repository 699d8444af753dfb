"""The simulated fine-tuning service, driven by the real client as it would drive a real one."""

import json
from collections.abc import Iterator

import pytest
from openai import APIStatusError, APITimeoutError, BadRequestError, NotFoundError, OpenAI

from tests.openai_test_server import ChatReply, OpenAITestServer, status
from tests.simulated_fine_tuning import FAILS, STEPS

pytestmark = pytest.mark.integration
ROW = {"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}]}


@pytest.fixture
def server() -> Iterator[OpenAITestServer]:
    with OpenAITestServer() as server:
        yield server


@pytest.fixture
def client(server: OpenAITestServer) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.base_url, api_key="none", max_retries=0) as client:
        yield client


def upload(client: OpenAI, *rows: object) -> str:
    content = "\n".join(json.dumps(row) for row in rows).encode()
    return client.files.create(file=("rows.jsonl", content), purpose="fine-tune").id


def job(client: OpenAI, *rows: object) -> str:
    file = upload(client, *(rows or [ROW] * 10))
    return client.fine_tuning.jobs.create(model="test-model", training_file=file, suffix="help").id


def statuses(client: OpenAI, name: str, looks: int = 5) -> list[str]:
    return [client.fine_tuning.jobs.retrieve(name).status for _ in range(looks)]


def test_files_are_uploaded_listed_read_and_deleted(client: OpenAI) -> None:
    name = upload(client, ROW, {"messages": "ümlaut"})
    assert client.files.content(name).read().decode().splitlines()[0] == json.dumps(ROW)
    assert [(one.id, one.filename) for one in client.files.list()] == [(name, "rows.jsonl")]
    assert client.files.delete(name).deleted
    assert list(client.files.list()) == []
    with pytest.raises(NotFoundError, match="No such File"):
        client.files.content(name)


def test_a_job_goes_through_the_real_statuses_and_its_model_answers(
    server: OpenAITestServer, client: OpenAI
) -> None:
    server.chat = lambda request: ChatReply(text=request["model"])
    name = job(client)
    told = statuses(client, name)
    assert told == ["validating_files", "queued", "running", "succeeded", "succeeded"]
    done = client.fine_tuning.jobs.retrieve(name)
    assert done.fine_tuned_model
    assert done.trained_tokens
    reply = client.chat.completions.create(
        model=done.fine_tuned_model, messages=[{"role": "user", "content": "hi"}]
    )
    assert reply.choices[0].message.content == done.fine_tuned_model
    assert done.fine_tuned_model in {model.id for model in client.models.list()}


def test_events_come_in_pages_and_hold_losses(client: OpenAI) -> None:
    name = job(client)
    statuses(client, name)
    events = list(client.fine_tuning.jobs.list_events(name, limit=3))
    assert len({event.id for event in events}) == len(events) > STEPS
    losses = [event.data["train_loss"] for event in events if isinstance(event.data, dict)]
    assert losses == sorted(losses)  # the newest comes first, and it falls
    checkpoints = list(client.fine_tuning.jobs.checkpoints.list(name))
    assert [one.step_number for one in checkpoints] == [STEPS, STEPS // 2]


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        ([ROW] * 9, "invalid_n_examples", "has 9 example"),
        ([*[ROW] * 11, {"prompt": "x"}], "invalid_training_file", "Line 12"),
        ([*[ROW] * 3, {"messages": [{"role": "user", "content": "x"}]}] * 3, "invalid_", "Line 4"),
    ],
)
def test_a_bad_training_file_fails_the_job_with_its_reason(
    client: OpenAI, rows: list[object], code: str, said: str
) -> None:
    name = job(client, *rows)
    assert statuses(client, name, 2) == ["validating_files", "failed"]
    error = client.fine_tuning.jobs.retrieve(name).error
    assert error
    assert error.code.startswith(code)
    assert said in error.message


def test_a_job_fails_is_cancelled_or_says_what_nobody_knows(
    server: OpenAITestServer, client: OpenAI
) -> None:
    server.fine_tuning.script = FAILS
    assert statuses(client, job(client))[-1] == "failed"
    server.fine_tuning.script = ("validating_files", "paused_for_review", "succeeded")
    odd = job(client)
    assert statuses(client, odd, 3)[1] == "paused_for_review"
    server.fine_tuning.script = ("validating_files", "queued", "running", "succeeded")
    stopped = job(client)
    assert client.fine_tuning.jobs.cancel(stopped).status == "cancelled"
    assert statuses(client, stopped, 2) == ["cancelled", "cancelled"]
    with pytest.raises(BadRequestError, match="already completed"):
        client.fine_tuning.jobs.cancel(stopped)
    assert next(one.id for one in client.fine_tuning.jobs.list()) == stopped


def test_what_cannot_be_is_refused(client: OpenAI) -> None:
    with pytest.raises(BadRequestError, match="not available for fine-tuning"):
        client.fine_tuning.jobs.create(model="unknown", training_file=upload(client, ROW))
    with pytest.raises(BadRequestError, match="invalid training_file"):
        client.fine_tuning.jobs.create(model="test-model", training_file="file-x")
    with pytest.raises(NotFoundError, match="Could not find fine tune"):
        client.fine_tuning.jobs.retrieve("ftjob-x")


def test_faults_and_latency_hit_these_paths_too(server: OpenAITestServer, client: OpenAI) -> None:
    name = job(client)
    server.faults.append(status(503))
    with pytest.raises(APIStatusError) as failed:
        client.fine_tuning.jobs.retrieve(name)
    assert failed.value.status_code == 503
    server.latency_s = 0.5
    with pytest.raises(APITimeoutError):
        client.with_options(timeout=0.05).fine_tuning.jobs.retrieve(name)
