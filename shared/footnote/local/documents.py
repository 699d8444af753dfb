"""The local bucket with its queue, provisioned and ready to be used by `footnote up` itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.aws.bucket import Bucket
from footnote.aws.provisioning import Plan, Provisioned, provision
from footnote.aws.queue import SqsQueue, sqs_client
from footnote.aws.session import s3_client
from footnote.local.emulator import REGION
from footnote.local.functions import BUCKET, INGEST_TIMEOUT_S, QUEUE, WORK_QUEUE

# Nothing drains the dead letters here: a message has to outlive a database that is down for hours.
# Retries come once a minute, and more receives than this SQS does not allow.
MAX_RECEIVE_COUNT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsBucket:
    """The bucket, the queue that tells of its changes, and the queue of work that follows."""

    bucket: Bucket
    queue: SqsQueue
    work_queue: SqsQueue
    made: Provisioned


def provision_documents(endpoint_url: str, origins: Sequence[str]) -> DocumentsBucket:
    """Make bucket and queue, or bring them up to date; pages of `origins` may upload."""
    s3, sqs = s3_client(endpoint_url), sqs_client(endpoint_url)
    plan = Plan(
        bucket=BUCKET,
        queue=QUEUE,
        work_queue=WORK_QUEUE,
        region=REGION,
        function_timeout_s=INGEST_TIMEOUT_S,
        max_receive_count=MAX_RECEIVE_COUNT,
        origins=origins,
    )
    made = provision(s3, sqs, plan)
    return DocumentsBucket(
        bucket=Bucket(s3, BUCKET),
        queue=SqsQueue(sqs, made.queue_url),
        work_queue=SqsQueue(sqs, made.work_queue_url),
        made=made,
    )
