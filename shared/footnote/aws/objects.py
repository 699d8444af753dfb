"""The documents' bucket on S3."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict

from footnote.aws.session import storage_errors
from footnote.domain.errors import ObjectMissingError
from footnote.inbox.objects import StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import TagTypeDef

UPLOAD_EXPIRES_S = 900
LONGEST_TAG = 256


class Version(TypedDict):
    """One version of an object, as boto3 names it."""

    Bucket: str
    Key: str
    VersionId: str


class S3Objects:
    """Reads, removes and takes in objects of one bucket.

    Its client is made at the first object: questions need none, and boto3 takes most of a second.
    """

    def __init__(self, connect: "Callable[[], S3Client]", bucket: str) -> None:
        self._connect = connect
        self._bucket = bucket

    @cached_property
    def _client(self) -> "S3Client":
        return self._connect()

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

    def tag(self, key: str, version_id: str, tags: Mapping[str, str]) -> None:
        """Set these tags of one version and leave all others as they are; an empty one is removed.

        Values are cut to what S3 takes. An object that is gone meanwhile needs no tags.
        """
        where: Version = {"Bucket": self._bucket, "Key": key, "VersionId": version_id}
        with suppress(ObjectMissingError), storage_errors(key):
            known = self._client.get_object_tagging(**where)["TagSet"]
            before = {tag["Key"]: tag["Value"] for tag in known}
            wanted = before | {name: _tag_value(value) for name, value in tags.items()}
            tag_set: list[TagTypeDef] = [
                {"Key": name, "Value": value} for name, value in wanted.items() if value
            ]
            if tag_set == known:  # an event that was delivered twice
                return
            self._client.put_object_tagging(**where, Tagging={"TagSet": tag_set})

    def current_version(self, key: str) -> str | None:
        """The version at a key; see `http.ports.Uploads`.

        A listing, because whoever may ask this need not be allowed to read objects.
        """
        with storage_errors(key):
            # In order of keys, the latest first: what begins with the key comes after the key.
            page = self._client.list_object_versions(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        latest = (one["VersionId"] for one in found if one["Key"] == key and one["IsLatest"])
        return next(latest, None)

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


def _tag_value(text: str) -> str:
    """A tag's value holds letters, digits, spaces and a few signs, 256 characters at most."""
    return re.sub(r"[^\w\s+\-=.:/@]", " ", text)[:LONGEST_TAG].strip()
