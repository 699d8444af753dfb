"""Rules about roles: each star has a reason here, and nobody but Lambda takes a role."""

import fnmatch
from collections.abc import Iterator
from typing import Any

from tests.template.rules.functions import FUNCTION, ROLE
from tests.template.rules.stack import Stack, caught_by, rule, statements, texts
from tests.template.sam_template import strings

TRACES = frozenset({"xray:PutTraceSegments", "xray:PutTelemetryRecords"})
INTERFACES = frozenset(
    {
        *("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"),
        *("ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses"),
        "ec2:UnassignPrivateIpAddresses",
    }
)
# What may be done to everything, and why no resource can be named.
EVERYTHING = {
    TRACES: "X-Ray has no resources to name",
    INTERFACES: "Lambda asks before there is an interface to name",
}
# Every other star in a resource: any key of the one bucket, for whom.
KEYS = {
    "ApiRole": "${DocumentsBucket.Arn}/*",
    "IngestRole": "${DocumentsBucket.Arn}/*",
    "MigrateRole": "${DocumentsBucket.Arn}/*",  # erasing, where that was asked for
    "CanaryRole": "${DocumentsBucket.Arn}/canary/*",
}
NEVER = ("iam:*", "sts:*", "lambda:*", "s3:PutBucket*", "s3:*Policy", "kms:Put*", "sqs:Purge*")


def allowed(stack: Stack) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in stack.of(ROLE):
        for policy in role.get("Policies", []):
            for statement in statements(policy["PolicyDocument"]):
                yield name, statement


@rule
def no_star_without_a_reason(stack: Stack) -> Iterator[str]:
    for role, one in allowed(stack):
        actions = texts(one["Action"])
        if any("*" in action for action in actions) or "NotAction" in one or "NotResource" in one:
            yield f"{role} may do more than is named: {actions}"
        if one["Resource"] == "*":
            if frozenset(actions) not in EVERYTHING:
                yield f"{role} may do {actions} to everything"
            continue
        for text in strings(one["Resource"]):
            if "*" in text and text != KEYS.get(role):
                yield f"{role} may do {actions} to {text}"


@rule
def nobody_may_change_who_may_what(stack: Stack) -> Iterator[str]:
    for role, one in allowed(stack):
        for action in texts(one["Action"]):
            if any(fnmatch.fnmatchcase(action, never) for never in NEVER):
                yield f"{role} may {action}"


@rule
def roles_carry_their_own_policies_only(stack: Stack) -> Iterator[str]:
    for name, role in stack.of(ROLE):
        if role.get("ManagedPolicyArns") or not role.get("Policies"):
            yield f"{name} may what somebody else decides"
    yield from (
        f"{name} is a user" for name, _ in stack.of("AWS::IAM::User", "AWS::IAM::AccessKey")
    )


@rule
def roles_are_for_lambda_only(stack: Stack) -> Iterator[str]:
    for name, role in stack.of(ROLE):
        for one in statements(role["AssumeRolePolicyDocument"]):
            if one["Principal"] != {"Service": "lambda.amazonaws.com"}:
                yield f"{name} can be taken by {one['Principal']}"


@rule
def a_function_writes_its_own_log_only(stack: Stack) -> Iterator[str]:
    for name, function in stack.of(FUNCTION):
        role, group = stack.target(function["Role"]), function["LoggingConfig"]["LogGroup"]["Ref"]
        written = [
            stack.target(one["Resource"])
            for of, one in allowed(stack)
            if of == role and "logs:PutLogEvents" in texts(one["Action"])
        ]
        if written != [group]:
            yield f"{name} writes to {written}"


@rule
def the_networks_permissions_are_for_lambda_itself(stack: Stack) -> Iterator[str]:
    for role, one in allowed(stack):
        by_lambda = {"Null": {"lambda:SourceFunctionArn": "true"}}
        if frozenset(texts(one["Action"])) == INTERFACES and one.get("Condition") != by_lambda:
            yield f"the code behind {role} may make interfaces in any network"


@rule
def only_keys_of_the_stack_are_used(stack: Stack) -> Iterator[str]:
    for role, one in allowed(stack):
        with_keys = any(action.startswith("kms:") for action in texts(one["Action"]))
        if with_keys and one["Resource"] != {"Ref": "KmsKeyArn"}:
            yield f"{role} may use other keys"


def _of(stack: Stack, role: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = stack[role]["Policies"][0]["PolicyDocument"]["Statement"]
    return listed


@caught_by(no_star_without_a_reason)
def api_reads_every_bucket(stack: Stack) -> None:
    _of(stack, "ApiRole").append({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})


@caught_by(no_star_without_a_reason)
def ingest_does_anything_to_documents(stack: Stack) -> None:
    star = {"Fn::Sub": "${DocumentsBucket.Arn}/*"}
    _of(stack, "IngestRole").append({"Effect": "Allow", "Action": "s3:*", "Resource": star})


@caught_by(no_star_without_a_reason)
def the_canary_writes_beside_its_own(stack: Stack) -> None:
    star = {"Fn::Sub": "${DocumentsBucket.Arn}/*"}
    _of(stack, "CanaryRole").append({"Effect": "Allow", "Action": "s3:PutObject", "Resource": star})


@caught_by(no_star_without_a_reason)
def all_but_one_action(stack: Stack) -> None:
    everything = {"Effect": "Allow", "NotAction": "iam:*", "Action": [], "Resource": "*"}
    _of(stack, "StreamRole").append(everything)


@caught_by(nobody_may_change_who_may_what)
def migrate_passes_roles(stack: Stack) -> None:
    role = {"Fn::GetAtt": ["ApiRole", "Arn"]}
    _of(stack, "MigrateRole").append(
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": role}
    )


@caught_by(roles_carry_their_own_policies_only)
def a_managed_policy_is_added(stack: Stack) -> None:
    stack["IngestRole"]["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]


@caught_by(roles_are_for_lambda_only)
def another_account_takes_a_role(stack: Stack) -> None:
    [trust] = stack["ApiRole"]["AssumeRolePolicyDocument"]["Statement"]
    trust["Principal"] = {"AWS": "*"}


@caught_by(a_function_writes_its_own_log_only)
def stream_writes_into_the_log_of_api(stack: Stack) -> None:
    for one in _of(stack, "StreamRole"):
        if "logs:PutLogEvents" in one.get("Action", ()):
            one["Resource"] = {"Fn::GetAtt": ["ApiLogs", "Arn"]}


@caught_by(the_networks_permissions_are_for_lambda_itself)
def code_may_make_interfaces(stack: Stack) -> None:
    for one in _of(stack, "ApiRole"):
        if one.get("Fn::If", [""])[0] == "HasAurora":
            del one["Fn::If"][1]["Condition"]


@caught_by(only_keys_of_the_stack_are_used)
def api_decrypts_anything(stack: Stack) -> None:
    for one in _of(stack, "ApiRole"):
        if one.get("Fn::If", [""])[0] == "HasKmsKey":
            one["Fn::If"][1]["Resource"] = {"Fn::Sub": "arn:aws:kms:*:${AWS::AccountId}:key/*"}
