"""The documents' bucket on S3."""

from typing import TYPE_CHECKING

from footnote.aws.session import storage_errors
from footnote.domain.errors import ObjectMissingError
from footnote.inbox.objects import StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_EXPIRES_S = 900


class S3Objects:
    """Reads, removes and takes in objects of one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def fetch(self, key: str, *, max_bytes: int) -> StoredObject | None:
        """The current version at a key; see `ObjectStore.fetch`."""
        try:
            with storage_errors(key):
                reply = self._client.get_object(Bucket=self._bucket, Key=key)
                size = reply["ContentLength"]
                with reply["Body"] as body:
                    content = body.read() if size <= max_bytes else None
        except ObjectMissingError:
            return None
        return StoredObject(version_id=reply.get("VersionId"), size=size, content=content)

    def delete(self, key: str) -> None:
        """Delete the object; in a versioned bucket a delete marker hides its versions."""
        with storage_errors(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def upload_url(self, key: str, content_type: str) -> str:
        """A URL that takes one PUT of this object with this content type, for 15 minutes."""
        return self._client.generate_presigned_url(
            "put_object",
            Params={"Bucket": self._bucket, "Key": key, "ContentType": content_type},
            ExpiresIn=UPLOAD_EXPIRES_S,
        )
