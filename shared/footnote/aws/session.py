"""Clients of AWS, and its errors in Footnote's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from footnote.domain.errors import ObjectMissingError, ObjectStorageUnavailableError
from footnote.domain.masking import told

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ADVICE = {
    "AccessDenied": ": see that the function may read it and use the key that encrypts it",
    "InvalidObjectState": ": it is archived; restore it, then it is read",
}
_MISSING = {"404", "NoSuchKey", "NoSuchVersion", "NotFound", "MethodNotAllowed", "405"}


def s3_client(endpoint_url: str) -> "S3Client":
    """A client of S3; `endpoint_url` is empty for AWS itself."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "max_attempts": 3},
        signature_version="s3v4",
        s3={"addressing_style": "path" if endpoint_url else "virtual"},
    )
    return boto3.client("s3", endpoint_url=endpoint_url or None, config=config)


def bedrock_client(endpoint_url: str) -> Any:
    """A client of Bedrock's control plane; `endpoint_url` is empty for AWS itself."""
    import boto3
    from botocore.config import Config

    retries: Any = {"mode": "standard", "max_attempts": 3}
    config = Config(connect_timeout=3, read_timeout=60, retries=retries)
    return boto3.client("bedrock", endpoint_url=endpoint_url or None, config=config)


@contextmanager
def storage_errors(key: str) -> Iterator[None]:
    """Translate botocore's errors about one object.

    403 is not 'gone': it also comes from a policy that is wrong for the moment, so it is retried.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _MISSING:
            message = f"{key} is not in the bucket"
            raise ObjectMissingError(message) from error
        message = f"S3 answered {code} for {key}{_ADVICE.get(code, '')}"
        raise ObjectStorageUnavailableError(message) from error
    except BotoCoreError as error:
        message = f"S3 cannot be reached: {told(error)}"
        raise ObjectStorageUnavailableError(message) from error
