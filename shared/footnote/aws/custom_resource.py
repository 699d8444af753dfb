"""Answers CloudFormation's custom resources: the stack waits until it hears of the outcome."""

import json
import urllib.request
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

_TIMEOUT_S = 10
_CONFIGURATION = "Custom::Configuration"
# How to call the function, which is no part of what it is called with.
_OF_THE_CALL = {"ServiceToken", "ServiceTimeout"}


def configuration_digest(event: Mapping[str, Any]) -> str:
    """A digest of the resource's properties if it stands for a configuration; empty otherwise.

    CloudFormation has no function that makes a short text of a long one, and a version of a
    function has no property but a short one that publishes another version when it changes.
    """
    if event.get("ResourceType") != _CONFIGURATION:
        return ""
    properties = event.get("ResourceProperties", {})
    told = {name: value for name, value in properties.items() if name not in _OF_THE_CALL}
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def answer_stack(
    event: dict[str, Any],
    status: Literal["SUCCESS", "FAILED"],
    *,
    reason: str = "",
    attributes: Mapping[str, str] | None = None,
) -> None:
    """PUT the outcome to the presigned URL that the event brought, with what `!GetAtt` reads."""
    migrates = event.get("ResourceType") != _CONFIGURATION
    body = {
        "Status": status,
        "Reason": reason[:1000],
        # The same id at every update: another one would make CloudFormation delete the "old" one.
        "PhysicalResourceId": "footnote-migrations" if migrates else "footnote-configuration",
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": attributes or {},
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
