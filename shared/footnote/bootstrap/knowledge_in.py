"""Knowledge in: what intake, ingest and reconcile need."""

from functools import cache
from typing import TYPE_CHECKING

from footnote.bootstrap.getting_better import golden_ports, revisit_ports
from footnote.bootstrap.model_endpoints import embedder_of, search_indexes
from footnote.bootstrap.process import (
    MEGABYTE,
    database,
    notifications,
    objects,
    queue,
    settings,
    work_queue,
)
from footnote.bootstrap.questions_out import knowledge_bases, visits

if TYPE_CHECKING:
    from footnote.copy_ports import CopyPorts
    from footnote.deliveries import DeliveryPorts
    from footnote.ingest import IngestPorts
    from footnote.intake import IntakePorts
    from footnote.reconcile import ReconcilePorts


@cache
def intake_ports() -> "IntakePorts":
    """What `intake` needs."""
    from footnote.intake import IntakePorts
    from footnote.postgres.documents import PostgresDocuments

    return IntakePorts(
        documents=PostgresDocuments(database()),
        redelivery=queue(settings().queue_url),
        work=work_queue(),
    )


@cache
def delivery_ports() -> "DeliveryPorts":
    """What `ingest` needs where it is told of events by messages."""
    from footnote.deliveries import DeliveryPorts

    return DeliveryPorts(
        ingest=ingest_ports(),
        redelivery=queue(settings().work_queue_url),
        work=work_queue(),
        revisit=revisit_ports(),
        golden=golden_ports(),
    )


def send_visits() -> None:
    """Ask for every knowledge base to be looked at again that has questions without an answer."""
    from footnote.inbox.visits import Visit, visit_message

    # Intake passes them on, as it does with all that reconciliation sends.
    notifications().send([visit_message(Visit(kb=kb)).body for kb in visits().request(None)])


@cache
def ingest_ports() -> "IngestPorts":
    """What `ingest` needs."""
    from footnote.draft_embeddings import EmbedPorts
    from footnote.drafts import DraftPorts
    from footnote.ingest import IngestPorts
    from footnote.parsing import ParsingLimits
    from footnote.parsing.ocr.tesseract import is_installed
    from footnote.parsing.sandbox import SandboxedParser
    from footnote.postgres.documents import PostgresDocuments
    from footnote.postgres.index import PostgresEmbeddings, PostgresIndex

    chosen = settings()
    max_bytes = chosen.max_document_mb * MEGABYTE
    parser = SandboxedParser(
        timeout_s=chosen.parse_timeout_s,
        memory_mb=chosen.parse_memory_mb,
        limits=ParsingLimits(
            max_bytes=max_bytes,
            ocr=bool(chosen.ocr_languages) and is_installed(),
            ocr_languages=chosen.ocr_languages,
            max_ocr_pages=chosen.ocr_max_pages,
        ),
    )
    documents = PostgresDocuments(database())
    return IngestPorts(
        documents=documents,
        drafts=DraftPorts(
            objects=objects(), indexes=search_indexes(), parser=parser, max_bytes=max_bytes
        ),
        embed=EmbedPorts(
            embedders=embedder_of, kept=PostgresEmbeddings(database()), progress=documents
        ),
        index=PostgresIndex(database()),
        tags=objects() if chosen.object_tags else None,
        reading_s=chosen.parse_timeout_s,
    )


@cache
def reconcile_ports() -> "ReconcilePorts":
    """What `reconcile` needs."""
    from footnote.aws.bucket import Bucket
    from footnote.aws.session import s3_client
    from footnote.postgres.reconcile import PostgresReconciliation
    from footnote.reconcile import ReconcilePorts

    chosen = settings()
    return ReconcilePorts(
        bucket=Bucket(s3_client(chosen.aws_endpoint_url), chosen.bucket),
        documents=PostgresReconciliation(database()),
        notifications=notifications(),
        max_delete_share=chosen.reconcile_max_delete_share,
    )


def copy_ports() -> "CopyPorts":
    """What a copy of a knowledge base needs."""
    from footnote.aws.bucket import Bucket
    from footnote.aws.session import s3_client
    from footnote.bootstrap.http_api import arm_client
    from footnote.copy_ports import CopyPorts

    chosen = settings()
    return CopyPorts(
        bucket=Bucket(s3_client(chosen.aws_endpoint_url), chosen.bucket),
        objects=objects(),
        api=arm_client(()),
        knowledge_bases=knowledge_bases(),
        max_bytes=chosen.max_document_mb * MEGABYTE,
    )


def erase_documents(bucket: str) -> int:
    """Delete a bucket with every version in it; returns how many there were."""
    from footnote.aws.erasing import erase_bucket
    from footnote.aws.session import s3_client

    return erase_bucket(s3_client(settings().aws_endpoint_url), bucket)


def index_age_s() -> float:
    """How long the oldest upload waits that is not in the index yet."""
    from footnote.postgres.reconcile import PostgresReconciliation

    return PostgresReconciliation(database()).longest_wait_s()
