"""What ministack 1.5.33 leaves out of a template that CloudFormation takes, by calls of APIs.

Two things: methods written as `x-amazon-apigateway-any-method`, which is how SAM writes `ANY`, are
not imported; and numbers that come from parameters stay text, which its pollers cannot compare.
"""

from collections.abc import Mapping
from typing import Any

import boto3

from footnote.local.emulator import REGION

_ANY = ("/", "/{proxy+}")


def complete(aws: str, resources: Mapping[str, str], stage: str) -> None:
    """Add the methods, and set the numbers again as numbers."""
    _add_methods(aws, resources, stage)
    client: Any = boto3.client("lambda", endpoint_url=aws)
    for one in client.list_event_source_mappings()["EventSourceMappings"]:
        most = int(one["ScalingConfig"]["MaximumConcurrency"])
        client.update_event_source_mapping(
            UUID=one["UUID"], ScalingConfig={"MaximumConcurrency": most}
        )


def _add_methods(aws: str, resources: Mapping[str, str], stage: str) -> None:
    client: Any = boto3.client("apigateway", endpoint_url=aws)
    api = resources["Api"]
    function = f"arn:aws:lambda:{REGION}:000000000000:function:{resources['ApiFunction']}:live"
    paths = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions"
    imported = client.get_resources(restApiId=api, limit=500)["items"]
    for resource in imported:
        if resource["path"] not in _ANY:
            continue
        where = {"restApiId": api, "resourceId": resource["id"], "httpMethod": "ANY"}
        client.put_method(**where, authorizationType="NONE")
        client.put_integration(
            **where,
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=f"{paths}/{function}/invocations",
        )
    client.create_deployment(restApiId=api, stageName=stage)
