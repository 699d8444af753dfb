"""Answers CloudFormation's custom resources: the stack waits until it hears of the outcome."""

import json
import urllib.request
from typing import Any, Literal

_TIMEOUT_S = 10


def answer_stack(
    event: dict[str, Any], status: Literal["SUCCESS", "FAILED"], *, reason: str = ""
) -> None:
    """PUT the outcome to the presigned URL that the event brought."""
    body = {
        "Status": status,
        "Reason": reason[:1000],
        # The same id at every update: another one would make CloudFormation delete the "old" one.
        "PhysicalResourceId": "footnote-migrations",
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    url = event["ResponseURL"]
    if not url.startswith(("https://", "http://127.0.0.1:")):
        message = f"a stack's reply goes to an https address, not to {url!r}"
        raise ValueError(message)
    # The presigned URL is signed for an empty content type.
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
        url, json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310 # nosec B310
        pass
