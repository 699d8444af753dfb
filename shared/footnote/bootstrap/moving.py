"""Moving a whole knowledge base: what exporting and importing need."""

from typing import TYPE_CHECKING

from footnote.bootstrap.model_endpoints import embedder_of, index_form, search_indexes
from footnote.bootstrap.process import database, settings, version_of_package

if TYPE_CHECKING:
    from footnote.export_knowledge_base import ExportPorts
    from footnote.import_knowledge_base import ImportPorts


def export_ports() -> "ExportPorts":
    """What `export_knowledge_base` needs."""
    from footnote.export_knowledge_base import ExportPorts
    from footnote.postgres.exported import PostgresExport

    return ExportPorts(
        knowledge_bases=PostgresExport(database()),
        bucket=settings().bucket,
        version=version_of_package(),
        retention_days=settings().retention_days,
    )


def import_ports(*, with_bucket: bool = True) -> "ImportPorts":
    """What `import_knowledge_base` needs."""
    from footnote.aws.bucket import Bucket
    from footnote.aws.session import s3_client
    from footnote.import_knowledge_base import ImportPorts
    from footnote.postgres.imported import PostgresImport
    from footnote.postgres.index import PostgresEmbeddings

    chosen = settings()
    bucket = Bucket(s3_client(chosen.aws_endpoint_url), chosen.bucket) if with_bucket else None
    return ImportPorts(
        knowledge_bases=PostgresImport(database(), search_indexes()),
        bucket=bucket,
        form=index_form(),
        embedders=embedder_of,
        kept=PostgresEmbeddings(database()),
    )
