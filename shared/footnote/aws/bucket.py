"""The documents' bucket as a whole: what it holds now, and putting things into it."""

from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from footnote.domain.drift import CurrentObject
from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.domain.masking import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef


class Bucket:
    """One versioned bucket."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self.name = name

    def listing(self, prefix: str = "") -> "Iterator[CurrentObject]":
        """What every key with this prefix holds now, deleted ones included, in order of keys.

        Raises:
            ObjectStorageUnavailableError: S3 cannot be reached, or refuses; at any point.
        """
        paginator = self._client.get_paginator("list_object_versions")
        with _bucket_errors(f"the bucket {self.name} cannot be listed"):
            for page in paginator.paginate(Bucket=self.name, Prefix=prefix):
                yield from sorted(_latest(page), key=lambda item: item.key)

    def current(self) -> Mapping[str, CurrentObject]:
        """What every key holds now, deleted ones included.

        Raises:
            ObjectStorageUnavailableError: S3 cannot be reached.
        """
        return {item.key: item for item in self.listing()}

    def copy(self, key: str, to: str) -> str | None:
        """Copy an object within the bucket; its new version.

        Raises:
            ObjectStorageUnavailableError: S3 cannot be reached, or refuses.
        """
        with _bucket_errors(f"{key} cannot be copied"):
            reply = self._client.copy_object(
                Bucket=self.name, Key=to, CopySource={"Bucket": self.name, "Key": key}
            )
        return reply.get("VersionId")

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Upload an object.

        Raises:
            ObjectStorageUnavailableError: S3 cannot be reached.
        """
        with _bucket_errors("S3 cannot be used"):
            self._client.put_object(
                Bucket=self.name, Key=key, Body=content, ContentType=content_type
            )


def _latest(page: "ListObjectVersionsOutputTypeDef") -> "Iterator[CurrentObject]":
    """S3 lists versions and delete markers apart, each in order of keys."""
    for version in page.get("Versions", []):
        if version["IsLatest"]:
            yield CurrentObject(
                key=version["Key"],
                version_id=version["VersionId"],
                modified_at=version["LastModified"],
                deleted=False,
                size=version["Size"],
                etag=version["ETag"].strip('"'),
            )
    for marker in page.get("DeleteMarkers", []):
        if marker["IsLatest"]:
            yield CurrentObject(
                key=marker["Key"],
                version_id=marker["VersionId"],
                modified_at=marker["LastModified"],
                deleted=True,
            )


@contextmanager
def _bucket_errors(what: str) -> "Iterator[None]":
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        message = f"{what}: {told(error)}"
        raise ObjectStorageUnavailableError(message) from error
