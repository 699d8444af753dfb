"""Settings and connections: what every part of a process stands on."""

import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from footnote.domain.errors import SettingsError
from footnote.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from footnote.aws.objects import S3Objects
    from footnote.aws.queue import SqsQueue
    from footnote.aws.work_queue import SqsWorkQueue
    from footnote.postgres.connection import Database

MEGABYTE = 2**20
# The writer has to answer in what is left of a question's time.
_READER_TIMEOUT_S = 3.0


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: one of them is not what it can be; it may be a secret, and is not repeated.
    """
    from pydantic import ValidationError

    try:
        return Settings.of(os.environ)
    except ValidationError as error:
        wrong = (f"FOOTNOTE_{one['loc'][0]}".upper() + f": {one['msg']}" for one in error.errors())
        raise SettingsError("; ".join(wrong)) from None


@cache
def notifications() -> "SqsQueue":
    """Where S3's notifications go, and those that are sent again."""
    return queue(settings().queue_url)


@cache
def dead_letters() -> "SqsQueue":
    """Where messages are kept that failed too often."""
    return queue(settings().dead_letter_queue_url)


def close() -> None:
    """Close each database, if it was used: a command that ends would wait for its connections."""
    for opened in (database, reader):
        if opened.cache_info().currsize:
            opened().close()


def database_url() -> str:
    """What to connect to: the setting itself, or the secret that it names, as it is now."""
    chosen = settings()
    if chosen.database_secret_arn:
        from footnote.aws.secrets import read_secret
        from footnote.postgres.address import address_of

        return address_of(read_secret(chosen.database_secret_arn), host=chosen.database_host)
    return chosen.database_url.get_secret_value()


@cache
def database() -> "Database":
    """The pool of connections that all share."""
    from footnote.postgres.connection import Database

    return Database(
        database_url,
        connections=settings().database_connections,
        connect_timeout_s=settings().database_connect_timeout_s,
        prepare=settings().database_prepare,
    )


def reader_url() -> str:
    """The same database at the host that is only read."""
    from footnote.postgres.address import at_host

    return at_host(database_url(), settings().reader_host)


@cache
def reader() -> "Database":
    """Connections to a copy of the database; one that does not answer soon is done without."""
    from footnote.postgres.connection import Database

    return Database(
        reader_url,
        connections=settings().database_connections,
        connect_timeout_s=min(_READER_TIMEOUT_S, settings().database_connect_timeout_s),
        prepare=settings().database_prepare,
        lost_after_s=_READER_TIMEOUT_S,
    )


@cache
def objects() -> "S3Objects":
    """The bucket."""
    from footnote.aws.objects import S3Objects
    from footnote.aws.session import s3_client

    chosen = settings()
    return S3Objects(lambda: s3_client(chosen.aws_endpoint_url), chosen.bucket)


def queue(url: str) -> "SqsQueue":
    """A queue by its address."""
    from footnote.aws.queue import SqsQueue

    return SqsQueue(sqs(), url)


@cache
def work_queue() -> "SqsWorkQueue":
    """The queue of documents to be read."""
    from footnote.aws.work_queue import SqsWorkQueue

    return SqsWorkQueue(sqs(), settings().work_queue_url)


@cache
def sqs() -> "SQSClient":
    """The client of SQS that all queues share."""
    from footnote.aws.queue import sqs_client

    return sqs_client(settings().aws_endpoint_url)


def version_of_package() -> str:
    """The version of this package; of one that is not installed it is not known."""
    try:
        return version("footnote")
    except PackageNotFoundError:  # a copy of the files alone
        return "unknown"
