"""S3's refusals in Footnote's words."""

import pytest
from botocore.exceptions import ClientError

from footnote.aws.session import storage_errors
from footnote.domain.errors import ObjectMissingError, ObjectStorageUnavailableError


def _refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "GetObject")


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDenied", "for help/a.md: see that the function may read it"),
        ("InvalidObjectState", "for help/a.md: it is archived; restore it"),
        ("SlowDown", "S3 answered SlowDown for help/a.md"),
    ],
)
def test_a_refusal_that_somebody_can_end_says_how(code: str, advice: str) -> None:
    with pytest.raises(ObjectStorageUnavailableError, match=advice), storage_errors("help/a.md"):
        raise _refusal(code)


def test_an_object_that_is_not_there_is_no_outage() -> None:
    with pytest.raises(ObjectMissingError), storage_errors("help/a.md"):
        raise _refusal("NoSuchKey")
