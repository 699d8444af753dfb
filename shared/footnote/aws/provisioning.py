"""Makes the bucket, the queue and what ties them, as `template.yaml` does in an account."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType, EventType
    from mypy_boto3_s3.type_defs import CORSRuleTypeDef
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

# What changes knowledge: uploads, deletions, and what a lifecycle rule expires.
NOTIFIED_EVENTS: "tuple[EventType, ...]" = (
    "s3:ObjectCreated:*",
    "s3:ObjectRemoved:*",
    "s3:LifecycleExpiration:*",
)
# AWS asks for six times the function's timeout, so that retries of a batch never overlap.
VISIBILITY_FACTOR = 6
_RETENTION_S = 4 * 24 * 3600
# A dead letter keeps its first timestamp: its queue has to retain for longer than the source.
_DEAD_LETTER_RETENTION_S = 14 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to provision: `queue` takes S3's notifications, `work_queue` what is done about them.

    A message is a dead letter once it was received `max_receive_count` times; `origins` are the
    pages that may upload with a presigned URL.
    """

    bucket: str
    queue: str
    work_queue: str
    region: "BucketLocationConstraintType"
    function_timeout_s: int
    max_receive_count: int = 8
    origins: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """The queues' addresses."""

    queue_url: str
    queue_arn: str
    work_queue_url: str
    work_queue_arn: str
    dead_letter_url: str


def provision(s3: "S3Client", sqs: "SQSClient", plan: Plan) -> Provisioned:
    """Bring bucket and queues to the plan; doing it again changes nothing."""
    queues = _provision_queues(sqs, plan)
    _provision_bucket(s3, plan)
    s3.put_bucket_notification_configuration(
        Bucket=plan.bucket,
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "Id": "knowledge-in",
                    "QueueArn": queues.queue_arn,
                    "Events": NOTIFIED_EVENTS,
                }
            ]
        },
    )
    return queues


def _provision_queues(sqs: "SQSClient", plan: Plan) -> Provisioned:
    dead_letter_url = _create_queue(
        sqs,
        f"{plan.queue}-dead-letters",
        {"MessageRetentionPeriod": str(_DEAD_LETTER_RETENTION_S)},
    )
    redrive = {
        "deadLetterTargetArn": _arn(sqs, dead_letter_url),
        "maxReceiveCount": plan.max_receive_count,
    }
    attributes: Mapping[QueueAttributeNameType, str] = {
        "MessageRetentionPeriod": str(_RETENTION_S),
        "VisibilityTimeout": str(VISIBILITY_FACTOR * plan.function_timeout_s),
        "RedrivePolicy": json.dumps(redrive),
    }
    queue_url = _create_queue(sqs, plan.queue, attributes)
    work_queue_url = _create_queue(sqs, plan.work_queue, attributes)
    return Provisioned(
        queue_url=queue_url,
        queue_arn=_arn(sqs, queue_url),
        work_queue_url=work_queue_url,
        work_queue_arn=_arn(sqs, work_queue_url),
        dead_letter_url=dead_letter_url,
    )


def _create_queue(
    sqs: "SQSClient", name: str, attributes: "Mapping[QueueAttributeNameType, str]"
) -> str:
    """An existing queue is brought to these attributes: creating it again would be refused."""
    with suppress(sqs.exceptions.QueueDoesNotExist):
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
        return url
    return sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


def _arn(sqs: "SQSClient", url: str) -> str:
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]


def _provision_bucket(s3: "S3Client", plan: Plan) -> None:
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(
            Bucket=plan.bucket,
            CreateBucketConfiguration={"LocationConstraint": plan.region},
        )
    s3.put_bucket_versioning(Bucket=plan.bucket, VersioningConfiguration={"Status": "Enabled"})
    if plan.origins:
        rule: CORSRuleTypeDef = {
            "AllowedOrigins": list(plan.origins),
            "AllowedMethods": ["PUT"],
            "AllowedHeaders": ["content-type"],
            "ExposeHeaders": ["ETag", "x-amz-version-id"],
            "MaxAgeSeconds": 3600,
        }
        s3.put_bucket_cors(Bucket=plan.bucket, CORSConfiguration={"CORSRules": [rule]})
