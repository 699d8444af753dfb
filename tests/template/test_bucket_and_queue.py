"""The bucket, the queue and its dead letters, as `template.yaml` sets them up."""

import json
from dataclasses import fields

import pytest

from footnote.aws.provisioning import NOTIFIED_EVENTS, VISIBILITY_FACTOR, Plan
from footnote.inbox.redelivery import retry_delay_s
from tests.template.sam_template import functions, resource, strings, template

pytestmark = pytest.mark.template

QUEUES = {"IntakeFunction": "NotificationsQueue", "IngestFunction": "WorkQueue"}
# Source: Amazon S3 User Guide, "Supported event types for SQS, SNS, and Lambda".
S3_EVENT_FAMILIES = {"s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"}


def test_the_bucket_keeps_versions_and_is_closed_to_the_public() -> None:
    bucket = resource("DocumentsBucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    closed = bucket["PublicAccessBlockConfiguration"]
    assert len(closed) == 4
    assert all(closed.values())
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert "AES256" in json.dumps(bucket["BucketEncryption"])


def test_bucket_and_secrets_outlive_the_stack() -> None:
    kept = {"AWS::S3::Bucket", "AWS::SecretsManager::Secret"}
    found = [block for block in template()["Resources"].values() if block["Type"] in kept]
    assert len(found) == 5
    for block in found:
        assert block["DeletionPolicy"] == block["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize(
    "policy", ["DocumentsBucketPolicy", "NotificationsQueuePolicy", "WorkQueuePolicy"]
)
def test_bucket_and_queue_refuse_connections_without_tls(policy: str) -> None:
    statements = resource(policy)["PolicyDocument"]["Statement"]
    refusal = next(statement for statement in statements if statement["Sid"] == "TlsOnly")
    assert refusal["Effect"] == "Deny"
    assert refusal["Principal"] == "*"
    assert refusal["Action"] in {"s3:*", "sqs:*"}
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_old_versions_and_unfinished_uploads_do_not_stay_for_ever() -> None:
    rules = resource("DocumentsBucket")["LifecycleConfiguration"]["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    settled = {name for rule in rules for name in rule}
    assert {"NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"} <= settled


def test_every_change_of_a_document_is_notified_to_the_queue() -> None:
    notified = resource("DocumentsBucket")["NotificationConfiguration"]["QueueConfigurations"]
    events = {configuration["Event"] for configuration in notified}
    assert events == S3_EVENT_FAMILIES == set(NOTIFIED_EVENTS)
    assert all(one["Queue"] == {"Fn::GetAtt": ["NotificationsQueue", "Arn"]} for one in notified)


def test_the_queue_takes_messages_from_this_accounts_bucket_only() -> None:
    statements = resource("NotificationsQueuePolicy")["PolicyDocument"]["Statement"]
    [allowed] = [statement for statement in statements if statement["Effect"] == "Allow"]
    bucket_name = resource("DocumentsBucket")["BucketName"]["Fn::Sub"]
    assert allowed["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allowed["Action"] == "sqs:SendMessage"
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnEquals": {"aws:SourceArn": {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{bucket_name}"}},
    }


def test_bucket_and_queue_policy_do_not_wait_for_each_other() -> None:
    assert template()["Resources"]["DocumentsBucket"]["DependsOn"] == "NotificationsQueuePolicy"
    for waited_for in ("NotificationsQueue", "NotificationsQueuePolicy", "DeadLetters"):
        assert not any("DocumentsBucket." in text for text in strings(resource(waited_for)))
        assert "DocumentsBucket" not in strings(resource(waited_for))


@pytest.mark.parametrize("function", sorted(QUEUES))
def test_a_message_stays_hidden_for_six_timeouts_of_the_function(function: str) -> None:
    assert VISIBILITY_FACTOR == 6
    timeout = functions()[function]["Timeout"]
    assert resource(QUEUES[function])["VisibilityTimeout"] >= VISIBILITY_FACTOR * timeout


@pytest.mark.parametrize("name", sorted(QUEUES.values()))
def test_a_message_outlives_an_outage_of_half_an_hour(name: str) -> None:
    tries = resource(name)["RedrivePolicy"]["maxReceiveCount"]
    assert sum(retry_delay_s(count) for count in range(1, tries)) > 30 * 60


@pytest.mark.parametrize("name", sorted(QUEUES.values()))
def test_a_message_is_tried_eight_times_and_then_kept_for_longer_than_in_its_queue(
    name: str,
) -> None:
    queue, dead_letters = resource(name), resource("DeadLetters")
    default = next(field.default for field in fields(Plan) if field.name == "max_receive_count")
    assert queue["RedrivePolicy"]["maxReceiveCount"] == default
    assert isinstance(default, int)
    assert default == 8
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
    assert dead_letters["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert dead_letters["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]
    assert queue["SqsManagedSseEnabled"] is dead_letters["SqsManagedSseEnabled"] is True


def test_only_the_two_queues_may_use_the_dead_letter_queue() -> None:
    allowed = resource("DeadLetters")["RedriveAllowPolicy"]
    assert allowed["redrivePermission"] == "byQueue"
    names = {resource(name)["QueueName"]["Fn::Sub"] for name in QUEUES.values()}
    sources = [source["Fn::Sub"] for source in allowed["sourceQueueArns"]]
    assert len(sources) == len(names)
    assert all(any(source.endswith(f":{name}") for source in sources) for name in names)


def test_each_function_polls_its_own_queue() -> None:
    for function, queue in QUEUES.items():
        [source] = functions()[function]["Events"].values()
        assert source["Properties"]["Queue"] == {"Fn::GetAtt": [queue, "Arn"]}
