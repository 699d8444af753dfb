"""Sends again what the queue lost: its messages live in memory, documents and index on disk.

At every start the bucket is reconciled with the index. Whatever happened before `started`, a
moment before the S3 endpoint came up, has no event on its way any more: it was told and is known,
or was lost; and whoever worked on it then works no more. What a
deployment forgets hourly is forgotten then as well.
"""

from datetime import datetime

from footnote.aws.bucket import Bucket
from footnote.aws.queue import SqsQueue
from footnote.bootstrap import settings
from footnote.domain.drift import Horizon
from footnote.domain.reconciliation import Report, Request
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from footnote.postgres.reconcile import PostgresReconciliation
from footnote.postgres.retention import PostgresRetention
from footnote.reconcile import ReconcilePorts, reconcile
from footnote.retention import RetentionPorts, forget


def send_lost_events(
    bucket: Bucket, queue: SqsQueue, database_url: str, *, started: datetime
) -> Report:
    """Send a notification for each key whose index is not what the bucket holds."""
    database = Database(database_url, connections=1)
    ports = ReconcilePorts(
        bucket=bucket,
        documents=PostgresReconciliation(database),
        notifications=queue,
        max_delete_share=settings().reconcile_max_delete_share,
    )
    horizon = Horizon(settled_before=started, stuck_before=started)
    try:
        forget(
            RetentionPorts(
                questions=PostgresRetention(database),
                visitors=PostgresAccessKeys(database).forget_visitors,
                days=settings().retention_days,
            )
        )
        return reconcile(ports, Request(horizon=horizon))
    finally:
        database.close()
