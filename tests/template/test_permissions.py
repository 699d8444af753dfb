"""What each role may do, star by star."""

import json
from collections.abc import Iterator

import pytest

from tests.template.sam_template import (
    Block,
    functions,
    resource,
    resources,
    strings,
    template,
)

pytestmark = pytest.mark.template

# Every star in what the roles allow, and why it is there.
STARS = {
    ("ApiRole", "${DocumentsBucket.Arn}/*"): "any key of the one bucket",
    ("IngestRole", "${DocumentsBucket.Arn}/*"): "any key of the one bucket",
    ("ApiRole", "*"): "X-Ray has no resources to name",
    ("IntakeRole", "*"): "X-Ray has no resources to name",
    ("IngestRole", "*"): "X-Ray has no resources to name",
    ("MigrateRole", "*"): "X-Ray has no resources to name",
    ("StreamRole", "*"): "X-Ray has no resources to name",
    ("ReconcileRole", "*"): "X-Ray has no resources to name",
}
ACTIONS = {
    "MigrateRole": {"secretsmanager:GetSecretValue"},
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
        "s3:ListBucketVersions",
    },
}
FOR_EVERYONE = {
    *("logs:CreateLogStream", "logs:PutLogEvents"),
    *("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
}


def statements(role: str) -> Iterator[Block]:
    for policy in resource(role)["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def test_every_star_that_a_role_allows_is_listed_with_its_reason() -> None:
    found = {
        (role, text)
        for role in resources("AWS::IAM::Role")
        for statement in statements(role)
        for text in strings([statement["Action"], statement["Resource"]])
        if "*" in text
    }
    assert found == set(STARS)


def test_the_star_without_a_bucket_belongs_to_traces_and_to_nothing_else() -> None:
    for role in resources("AWS::IAM::Role"):
        [everything] = [one for one in statements(role) if one["Resource"] == "*"]
        assert everything["Action"] == ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]


@pytest.mark.parametrize("role", sorted(ACTIONS))
def test_a_role_allows_what_its_function_does_and_no_more(role: str) -> None:
    allowed = {text for one in statements(role) for text in strings(one["Action"])}
    assert allowed == ACTIONS[role] | FOR_EVERYONE
    assert "ManagedPolicyArns" not in resource(role)


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


def test_a_role_is_for_lambda_only_and_writes_only_to_its_functions_logs() -> None:
    for name, function in functions().items():
        role = function["Role"]["Fn::GetAtt"][0]
        [trust] = resource(role)["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}, name
        [logs] = [one for one in statements(role) if "logs:PutLogEvents" in one["Action"]]
        group = function["LoggingConfig"]["LogGroup"]["Ref"]
        assert logs["Resource"] == {"Fn::GetAtt": [group, "Arn"]}


def test_the_api_lets_in_who_has_a_key_from_the_addresses_that_someone_chose() -> None:
    [statement] = resource("Api")["Auth"]["ResourcePolicy"]["CustomStatements"]
    condition = statement["Condition"]["IpAddress"]["aws:SourceIp"]
    assert statement["Effect"] == "Allow"
    assert condition == {"Ref": "AllowedSources"}
    # What opens the API to all on one's own machine is set nowhere here.
    assert "FOOTNOTE_KEYLESS" not in json.dumps(template(), default=str).upper()
