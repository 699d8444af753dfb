"""The deployed stack from outside: files in over S3, questions over API Gateway, dead letters."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import psycopg
import pytest

from footnote.aws.bucket import Bucket
from footnote.aws.session import s3_client
from footnote.client import ApiClient, ApiRefusedError
from tests.deployed.deployment import FUNCTIONS, Deployment
from tests.running_system import FOOTNOTE, eventually

pytestmark = pytest.mark.deployed

KEY = "travel/handbook.md"
QUESTION = "When are receipts due?"
# The first event of a function waits for its environment, on a machine that does other things too.
PATIENCE_S = 60.0
# A document that cannot be written for as long as this trigger is there.
POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.key = 'poison/bad.md' AND NEW.status = 'ready' THEN
    RAISE EXCEPTION 'out of space' USING ERRCODE = 'disk_full';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER poison BEFORE INSERT OR UPDATE ON document FOR EACH ROW EXECUTE FUNCTION poison();
"""
CURE = "DROP TRIGGER poison ON document; DROP FUNCTION poison"


@pytest.fixture(scope="session")
def bucket(stack: Deployment) -> Bucket:
    return Bucket(s3_client(stack.aws), stack.outputs["BucketName"])


def put(bucket: Bucket, text: str, key: str = KEY) -> None:
    bucket.put(key, text.encode(), "text/markdown")


def answers(api: ApiClient, words: str) -> dict[str, Any]:
    return eventually(
        lambda: api.ask(QUESTION, "travel"), lambda reply: words in reply["answer"], PATIENCE_S
    )


@pytest.fixture(scope="session")
def handbook(bucket: Bucket, api: ApiClient) -> None:
    put(bucket, "# Travel\n\nReceipts are due within 30 days of the journey.\n")
    answers(api, "30 days")


@pytest.mark.usefixtures("handbook")
def test_an_upload_is_answered_with_its_verbatim_source(api: ApiClient) -> None:
    reply = answers(api, "30 days")
    citation = reply["citations"][0]
    assert citation["key"] == KEY
    assert citation["quote"] in "Receipts are due within 30 days of the journey."


@pytest.mark.usefixtures("handbook")
def test_the_stream_function_streams_the_same_answer(stack: Deployment, api: ApiClient) -> None:
    events = list(ApiClient(stack.front).ask_stream(QUESTION, "travel"))
    names = [name for name, _ in events]
    (done,) = [content for name, content in events if name == "done"]
    assert (names[0], names[-1]) == ("passages", "done")
    assert "".join(told["text"] for name, told in events if name == "token") == done["answer"]
    assert done["answer"] == api.ask(QUESTION, "travel")["answer"]


def test_who_has_no_key_gets_nothing(stack: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOOTNOTE_API_KEY")
    nobody = ApiClient(stack.rest_api)
    with pytest.raises(ApiRefusedError) as refusal:
        nobody.ask(QUESTION, "travel")
    assert refusal.value.status == 401


def test_the_functions_run_in_lambdas_runtime_with_what_was_deployed(stack: Deployment) -> None:
    assert stack.invoke("ReconcileFunction", {"time": "now"})["sent"] == 0
    artifact = stack.pools["ReconcileFunction"].artifact
    assert artifact.variables["FOOTNOTE_BUCKET"] == stack.outputs["BucketName"]
    assert (artifact.task / "handler.py").is_file()
    assert set(FUNCTIONS) <= set(stack.resources)


@pytest.mark.usefixtures("handbook")
def test_an_overwritten_document_answers_with_its_new_text_only(
    bucket: Bucket, api: ApiClient
) -> None:
    put(bucket, "# Travel\n\nReceipts are due within 45 days of the journey.\n")
    assert "30 days" not in answers(api, "45 days")["answer"]


@pytest.mark.usefixtures("handbook")
def test_a_deleted_document_answers_nothing(stack: Deployment, api: ApiClient) -> None:
    boto3.client("s3", endpoint_url=stack.aws).delete_object(
        Bucket=stack.outputs["BucketName"], Key=KEY
    )
    eventually(
        lambda: api.ask(QUESTION, "travel"),
        lambda reply: reply["status"] == "declined",
        PATIENCE_S,
    )


def test_a_poison_file_ends_among_dead_letters_and_is_redriven(
    stack: Deployment, bucket: Bucket, api: ApiClient
) -> None:
    dead = stack.outputs["DlqUrl"]
    with poisoned(stack), hurried(stack):
        put(bucket, "# Bad\n\nThe pump is serviced every March.\n", "poison/bad.md")
        put(bucket, "# Good\n\nThe pump is painted every May.\n", "poison/good.md")
        eventually(lambda: api.document_counts("poison"), lambda n: n.get("ready") == 1, PATIENCE_S)
        eventually(lambda: waiting(stack, dead), lambda number: number == 1, PATIENCE_S)
        assert api.document_counts("poison").get("ready") == 1
    ran = subprocess.run(  # noqa: S603
        [FOOTNOTE, "redrive", "--json"],
        env=os.environ | stack.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "poison/bad.md" in json.dumps(json.loads(ran.stdout))
    eventually(lambda: api.document_counts("poison"), lambda n: n.get("ready") == 2, PATIENCE_S)
    assert waiting(stack, dead) == 0


@contextmanager
def poisoned(stack: Deployment) -> Iterator[None]:
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute(POISON)
        yield
        connection.execute(CURE)


@contextmanager
def hurried(stack: Deployment) -> Iterator[None]:
    """Two attempts and not eight, which take forty minutes."""
    sqs = boto3.client("sqs", endpoint_url=stack.aws)
    queue = stack.resources["WorkQueue"]
    deployed = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])
    policy = json.loads(deployed["Attributes"]["RedrivePolicy"])
    assert int(policy["maxReceiveCount"]) == 8
    policy["maxReceiveCount"] = 2
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": json.dumps(policy)})
    yield


def waiting(stack: Deployment, queue: str) -> int:
    sqs = boto3.client("sqs", endpoint_url=stack.aws)
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def test_the_alias_that_the_api_calls_follows_every_change_of_a_parameter(
    stack: Deployment, api: ApiClient
) -> None:
    """What ministack makes of versions; no snapshot is taken here, and nothing is kept started."""
    assert live(stack)["FunctionVersion"] == "$LATEST"
    stack.deploy_again("ColdStart=snapstart")
    first = live(stack)["FunctionVersion"]
    assert configuration(stack, first)["SnapStart"]["ApplyOn"] == "PublishedVersions"
    stack.deploy_again("ColdStart=snapstart", "GenerationModel=other")
    second = live(stack)["FunctionVersion"]
    assert int(second) > int(first)
    assert variables(stack, second)["FOOTNOTE_GENERATION_MODEL"] == "other"
    assert published(stack) == {"$LATEST", second}
    stack.deploy_again("ColdStart=provisioned", "ProvisionedConcurrency=2")
    third = live(stack)["FunctionVersion"]
    kept = lambda_client(stack).get_provisioned_concurrency_config(
        FunctionName=stack.resources["ApiFunction"], Qualifier="live"
    )
    assert kept["RequestedProvisionedConcurrentExecutions"] == 2
    assert configuration(stack, third)["SnapStart"]["ApplyOn"] == "None"
    assert published(stack) == {"$LATEST", third}
    assert api.ask(QUESTION, "travel")["status"] in {"answered", "declined"}


def lambda_client(stack: Deployment) -> Any:
    return boto3.client("lambda", endpoint_url=stack.aws)


def live(stack: Deployment) -> dict[str, Any]:
    found: dict[str, Any] = lambda_client(stack).get_alias(
        FunctionName=stack.resources["ApiFunction"], Name="live"
    )
    return found


def configuration(stack: Deployment, version: str) -> dict[str, Any]:
    found: dict[str, Any] = lambda_client(stack).get_function_configuration(
        FunctionName=stack.resources["ApiFunction"], Qualifier=version
    )
    return found


def variables(stack: Deployment, version: str) -> dict[str, str]:
    found: dict[str, str] = configuration(stack, version)["Environment"]["Variables"]
    return found


def published(stack: Deployment) -> set[str]:
    found = lambda_client(stack).list_versions_by_function(
        FunctionName=stack.resources["ApiFunction"]
    )
    return {one["Version"] for one in found["Versions"]}
