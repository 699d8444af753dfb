"""The documents' bucket as a whole: what it holds now, and putting things into it."""

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from footnote.domain.errors import ObjectStorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentObject:
    """The current version at a key; of a deleted key nothing but the delete marker's id."""

    version_id: str
    modified_at: datetime
    deleted: bool
    size: int = 0
    etag: str = ""


class Bucket:
    """One versioned bucket."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self.name = name

    def current(self) -> Mapping[str, CurrentObject]:
        """What every key holds now, deleted ones included.

        Raises:
            ObjectStorageUnavailableError: S3 cannot be reached.
        """
        found: dict[str, CurrentObject] = {}
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self.name)
        with _bucket_errors():
            for page in pages:
                for version in page.get("Versions", []):
                    if version["IsLatest"]:
                        found[version["Key"]] = CurrentObject(
                            version_id=version["VersionId"],
                            modified_at=version["LastModified"],
                            deleted=False,
                            size=version["Size"],
                            etag=version["ETag"].strip('"'),
                        )
                for marker in page.get("DeleteMarkers", []):
                    if marker["IsLatest"]:
                        found[marker["Key"]] = CurrentObject(
                            version_id=marker["VersionId"],
                            modified_at=marker["LastModified"],
                            deleted=True,
                        )
        return found

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Upload an object.

        Raises:
            ObjectStorageUnavailableError: S3 cannot be reached.
        """
        with _bucket_errors():
            self._client.put_object(
                Bucket=self.name, Key=key, Body=content, ContentType=content_type
            )


@contextmanager
def _bucket_errors() -> "Iterator[None]":
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        message = f"S3 cannot be used: {error}"
        raise ObjectStorageUnavailableError(message) from error
