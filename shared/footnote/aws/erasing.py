"""Deletes a bucket with everything in it: what a stack does only where it was told to."""

from typing import TYPE_CHECKING

from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.domain.masking import told

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_PAGE = 1000  # what S3 lists, and deletes, at once


def erase_bucket(s3: "S3Client", bucket: str) -> int:
    """Delete every version of every object, then the bucket; returns how many versions there were.

    Doing it again goes on with what is left, and a bucket that is gone is no error.

    Raises:
        ObjectStorageUnavailableError: S3 refused to delete a version, or the bucket.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    erased = 0
    try:
        while page := _page(s3, bucket):
            reply = s3.delete_objects(Bucket=bucket, Delete={"Objects": page, "Quiet": True})
            if refused := reply.get("Errors"):
                first = refused[0]
                message = f"S3 keeps {first.get('Key')}: {first.get('Message')}"
                raise ObjectStorageUnavailableError(message)
            erased += len(page)
        s3.delete_bucket(Bucket=bucket)
    except s3.exceptions.NoSuchBucket:
        return erased
    except (ClientError, BotoCoreError) as error:
        message = f"{bucket} cannot be erased: {told(error)}"
        raise ObjectStorageUnavailableError(message) from error
    return erased


def _page(s3: "S3Client", bucket: str) -> "list[ObjectIdentifierTypeDef]":
    listed = s3.list_object_versions(Bucket=bucket, MaxKeys=_PAGE)
    versions = [*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())]
    return [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in versions]
