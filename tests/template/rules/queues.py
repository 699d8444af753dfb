"""Rules about queues: nothing is lost, nothing overlaps, a burst is held back."""

from collections.abc import Iterator
from typing import Any

from tests.template.rules.stack import Stack, caught_by, rule, statements

QUEUE, MAPPING = "AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping"
LEAST_RECEIVES = 5
VISIBILITY_FACTOR = 6  # AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"


def sources(stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Each queue that a function takes from: the mapping, the queue, the function."""
    for name, mapping in stack.of(MAPPING):
        queue = stack.target(mapping["EventSourceArn"])
        yield name, queue, stack.target(mapping["FunctionName"])


def dead_letters_of(stack: Stack, queue: str) -> str:
    return stack.target(stack[queue].get("RedrivePolicy", {}).get("deadLetterTargetArn"))


@rule
def retries_never_overlap(stack: Stack) -> Iterator[str]:
    for _, queue, function in sources(stack):
        visible = stack[queue].get("VisibilityTimeout", 30)
        if visible < VISIBILITY_FACTOR * stack[function].get("Timeout", 3):
            yield f"{queue} shows a message again while {function} may still work on it"


@rule
def a_message_that_fails_has_somewhere_to_go(stack: Stack) -> Iterator[str]:
    for _, queue, _ in sources(stack):
        if dead_letters_of(stack, queue) not in dict(stack.of(QUEUE)):
            yield f"{queue} has no dead letters"


@rule
def a_message_is_tried_often_enough(stack: Stack) -> Iterator[str]:
    for _, queue, _ in sources(stack):
        if stack[queue].get("RedrivePolicy", {}).get("maxReceiveCount", 0) < LEAST_RECEIVES:
            yield f"{queue} gives up before {LEAST_RECEIVES} attempts"


@rule
def dead_letters_are_kept_longer_than_their_queue_keeps_them(stack: Stack) -> Iterator[str]:
    default = 345600
    for _, queue, _ in sources(stack):
        dead = dead_letters_of(stack, queue)
        kept = stack[queue].get("MessageRetentionPeriod", default)
        if (
            stack.template["Resources"]
            .get(dead, {})
            .get("Properties", {})
            .get("MessageRetentionPeriod", default)
            < kept + 86400
        ):
            yield f"{dead} forgets what {queue} gave it"


@rule
def a_burst_is_held_back(stack: Stack) -> Iterator[str]:
    for name, mapping in stack.of(MAPPING):
        most = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
        if isinstance(most, dict):
            most = stack.parameter(most["Ref"])["MaxValue"]
        if most is None or not 2 <= most <= 1000:
            yield f"{name} starts as many functions as there are messages"


@rule
def only_messages_that_failed_come_back(stack: Stack) -> Iterator[str]:
    for name, mapping in stack.of(MAPPING):
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name} delivers whole batches again"


@rule
def queues_are_encrypted(stack: Stack) -> Iterator[str]:
    for name, queue in stack.of(QUEUE):
        if queue.get("SqsManagedSseEnabled") is not True and "KmsMasterKeyId" not in queue:
            yield f"{name} is not encrypted"


@rule
def queues_refuse_plain_connections(stack: Stack) -> Iterator[str]:
    guarded = {
        stack.target(queue)
        for _, policy in stack.of("AWS::SQS::QueuePolicy")
        if any(denies_plain(one, "sqs:*") for one in statements(policy["PolicyDocument"]))
        for queue in policy["Queues"]
    }
    yield from (f"{name} takes plain http" for name, _ in stack.of(QUEUE) if name not in guarded)


def denies_plain(statement: dict[str, Any], action: str) -> bool:
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    everyone = statement["Effect"] == "Deny" and statement["Principal"] == "*"
    return everyone and statement["Action"] == action and statement.get("Condition") == plain


@rule
def services_of_aws_come_in_for_this_account_only(stack: Stack) -> Iterator[str]:
    """Else anybody's bucket could write to the queue (the confused deputy)."""
    kinds = ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy")
    for name, policy in stack.of(*kinds):
        for one in statements(policy["PolicyDocument"]):
            service = isinstance(one["Principal"], dict) and "Service" in one["Principal"]
            condition = str(one.get("Condition", ""))
            for key in ("aws:SourceAccount", "aws:SourceArn"):
                if service and one["Effect"] == "Allow" and key not in condition:
                    yield f"{name} does not look at {key}"


@rule
def triggers_come_from_their_own_source_only(stack: Stack) -> Iterator[str]:
    for name, permission in stack.of("AWS::Lambda::Permission"):
        if not permission.get("SourceArn"):
            yield f"{name} lets any {permission['Principal']} invoke the function"


# Mutants


@caught_by(retries_never_overlap)
def work_shows_a_second_too_early(stack: Stack) -> None:
    stack["WorkQueue"]["VisibilityTimeout"] = 6 * 300 - 1


@caught_by(retries_never_overlap)
def notifications_have_sqs_own_visibility(stack: Stack) -> None:
    del stack["NotificationsQueue"]["VisibilityTimeout"]


@caught_by(retries_never_overlap)
def the_image_takes_longer_than_the_zip(stack: Stack) -> None:
    stack["IngestWithOcrFunction"]["Timeout"] = 900


@caught_by(a_message_that_fails_has_somewhere_to_go)
def work_has_no_dead_letters(stack: Stack) -> None:
    del stack["WorkQueue"]["RedrivePolicy"]


@caught_by(a_message_is_tried_often_enough)
def a_message_gets_one_attempt(stack: Stack) -> None:
    stack["NotificationsQueue"]["RedrivePolicy"]["maxReceiveCount"] = 1


@caught_by(dead_letters_are_kept_longer_than_their_queue_keeps_them)
def dead_letters_are_kept_as_long_as_messages(stack: Stack) -> None:
    stack["DeadLetters"]["MessageRetentionPeriod"] = 345600


@caught_by(dead_letters_are_kept_longer_than_their_queue_keeps_them)
def messages_are_kept_as_long_as_dead_letters(stack: Stack) -> None:
    stack["WorkQueue"]["MessageRetentionPeriod"] = 1209600


@caught_by(a_burst_is_held_back)
def ingestion_grows_without_end(stack: Stack) -> None:
    del stack["IngestFunctionWork"]["ScalingConfig"]


@caught_by(a_burst_is_held_back)
def the_parameter_allows_more_than_lambda_does(stack: Stack) -> None:
    stack.parameter("IngestConcurrency")["MaxValue"] = 5000


@caught_by(only_messages_that_failed_come_back)
def a_batch_fails_as_a_whole(stack: Stack) -> None:
    del stack["IntakeFunctionNotifications"]["FunctionResponseTypes"]


@caught_by(only_messages_that_failed_come_back)
def a_wrong_word_for_partial_failures(stack: Stack) -> None:
    stack["IngestWithOcrWork"]["FunctionResponseTypes"] = ["ReportBatchFail"]


@caught_by(queues_are_encrypted)
def dead_letters_lie_open(stack: Stack) -> None:
    stack["DeadLetters"]["SqsManagedSseEnabled"] = False


@caught_by(queues_refuse_plain_connections)
def dead_letters_have_no_policy(stack: Stack) -> None:
    del stack.template["Resources"]["DeadLettersPolicy"]


@caught_by(queues_refuse_plain_connections)
def tls_is_asked_of_those_who_have_it(stack: Stack) -> None:
    for one in stack["WorkQueuePolicy"]["PolicyDocument"]["Statement"]:
        one["Condition"] = {"Bool": {"aws:SecureTransport": "true"}}


@caught_by(services_of_aws_come_in_for_this_account_only)
def any_account_of_that_bucket_name(stack: Stack) -> None:
    for one in stack["NotificationsQueuePolicy"]["PolicyDocument"]["Statement"]:
        one["Condition"].pop("StringEquals", None)


@caught_by(services_of_aws_come_in_for_this_account_only)
def any_bucket_of_this_account(stack: Stack) -> None:
    for one in stack["NotificationsQueuePolicy"]["PolicyDocument"]["Statement"]:
        one["Condition"].pop("ArnEquals", None)


@caught_by(services_of_aws_come_in_for_this_account_only)
def any_alarm_of_anybody(stack: Stack) -> None:
    for one in stack["AlarmTopicPolicy"]["PolicyDocument"]["Statement"]:
        one.pop("Condition", None)


@caught_by(triggers_come_from_their_own_source_only)
def any_api_may_invoke(stack: Stack) -> None:
    del stack["ApiInvocations"]["SourceArn"]
