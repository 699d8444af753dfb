"""What each role may do, action by action; rules/access.py has the stars."""

import json
from collections.abc import Iterator

import pytest

from tests.template.rules.access import INTERFACES, TRACES
from tests.template.sam_template import (
    Block,
    resource,
    resources,
    strings,
    template,
)

pytestmark = pytest.mark.template

ACTIONS = {
    "MigrateRole": {
        "secretsmanager:GetSecretValue",
        # To erase the documents with the stack, where DataOnDelete says so:
        *("s3:ListBucketVersions", "s3:DeleteBucket", "s3:DeleteObject", "s3:DeleteObjectVersion"),
    },
    "CanaryRole": {
        *("secretsmanager:GetSecretValue", "s3:PutObject", "s3:DeleteObject"),
        "kms:GenerateDataKey",
    },
    "IngestRole": {
        *("secretsmanager:GetSecretValue", "s3:GetObject", "s3:ListBucket"),
        *("s3:GetObjectVersionTagging", "s3:PutObjectVersionTagging"),
        *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:SendMessage"),
        *("sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"),
    },
    "IntakeRole": {
        *("secretsmanager:GetSecretValue", "sqs:ReceiveMessage", "sqs:DeleteMessage"),
        *("sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:SendMessage"),
    },
    "ReconcileRole": {
        *("secretsmanager:GetSecretValue", "s3:ListBucketVersions", "sqs:SendMessage"),
    },
    "StreamRole": {"secretsmanager:GetSecretValue"},
    "ApiRole": {
        *("secretsmanager:GetSecretValue", "s3:PutObject", "s3:DeleteObject", "sqs:SendMessage"),
        *("s3:ListBucketVersions", "kms:GenerateDataKey"),
    },
}
FOR_EVERYONE = {
    *("logs:CreateLogStream", "logs:PutLogEvents"),
    *(TRACES | INTERFACES),
    "kms:Decrypt",
}


def statements(role: str) -> Iterator[Block]:
    for policy in resource(role)["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            yield statement["Fn::If"][1] if "Fn::If" in statement else statement


@pytest.mark.parametrize("role", sorted(ACTIONS))
def test_a_role_allows_what_its_function_does_and_no_more(role: str) -> None:
    allowed = {text for one in statements(role) for text in strings(one["Action"])}
    assert allowed == ACTIONS[role] | FOR_EVERYONE


@pytest.mark.parametrize("role", ["ApiRole", "StreamRole"])
def test_who_answers_reads_the_keys_of_models_that_someone_named_and_no_other_secret(
    role: str,
) -> None:
    read = [
        one["Resource"]
        for one in statements(role)
        if one["Action"] == "secretsmanager:GetSecretValue"
    ]
    database, keys = read
    assert set(strings(database)) >= {"DatabaseSecret", "DatabaseSecretArn"}
    assert keys == {"Ref": "ModelKeySecrets"}
    assert template()["Parameters"]["ModelKeySecrets"]["Default"] == ""


def test_every_role_has_its_list_of_actions() -> None:
    assert set(resources("AWS::IAM::Role")) == set(ACTIONS)


def test_reconciliation_lists_one_bucket_and_sends_to_the_queue_that_s3_notifies() -> None:
    notified = resource("DocumentsBucket")["NotificationConfiguration"]["QueueConfigurations"][0]
    by_action = {
        one["Action"]: one["Resource"]
        for one in statements("ReconcileRole")
        if one["Resource"] != "*" and isinstance(one["Action"], str)
    }
    assert by_action["s3:ListBucketVersions"] == {"Fn::GetAtt": ["DocumentsBucket", "Arn"]}
    assert by_action["sqs:SendMessage"] == notified["Queue"]


def test_the_api_lets_in_who_has_a_key_from_the_addresses_that_someone_chose() -> None:
    [statement] = resource("Api")["Auth"]["ResourcePolicy"]["CustomStatements"]
    condition = statement["Condition"]["IpAddress"]["aws:SourceIp"]
    assert statement["Effect"] == "Allow"
    assert condition == {"Fn::Split": [",", {"Ref": "AllowedSources"}]}
    # What opens the API to all on one's own machine is set nowhere here.
    assert "FOOTNOTE_KEYLESS" not in json.dumps(template(), default=str).upper()
