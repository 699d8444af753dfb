"""Takes events from Lambda's Runtime API and sends replies, an iterator's part by part.

Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes" and
"Building a custom runtime", version 2018-06-01.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from footnote.domain.masking import trace_of
from footnote.lambda_runtime.api import Invocation, RuntimeApi

type Handler = Callable[[Any, Any], Any]


def main() -> None:
    """Import the handler, then answer events until Lambda ends the process."""
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = _load(os.environ["_HANDLER"])
    except Exception as error:  # noqa: BLE001 - Lambda reports whatever an import raises
        sys.stderr.write(f"{trace_of(error)}\n")
        api.fail("init/error", error)
        sys.exit(1)
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        _go_on_from_snapshots(api)
    while True:
        _answer(api, handler, api.next())


def _load(name: str) -> Handler:
    """The function that `module.function` names, in the folder of the function's code."""
    sys.path.insert(0, os.environ.get("LAMBDA_TASK_ROOT", "."))
    module, _, function = name.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module.replace("/", ".")), function)
    return handler


def _go_on_from_snapshots(api: RuntimeApi) -> None:
    """Let Lambda take a snapshot; what follows runs in every process that it makes of that.

    Source of the calls, the names of errors and the exit codes: awslambdaric 4.2.2, Lambda's own
    client, whose hooks these are.
    """
    try:
        from snapshot_restore_py import (
            get_after_restore,
            get_before_snapshot,
        )

        for hook, arguments, named in reversed(get_before_snapshot()):
            hook(*arguments, **named)
        api.restored()
    except Exception as error:  # noqa: BLE001 - Lambda reports whatever a hook raises
        sys.stderr.write(f"{trace_of(error)}\n")
        api.fail("init/error", error, kind="Runtime.BeforeSnapshotError")
        sys.exit(64)
    try:
        for hook, arguments, named in get_after_restore():
            hook(*arguments, **named)
    except Exception as error:  # noqa: BLE001 - as above
        sys.stderr.write(f"{trace_of(error)}\n")
        api.fail("restore/error", error, kind="Runtime.AfterRestoreError")
        sys.exit(65)


def _answer(api: RuntimeApi, handler: Handler, invocation: Invocation) -> None:
    place = f"invocation/{invocation.aws_request_id}"
    try:
        result = handler(json.loads(invocation.event), invocation)
        parts = _parts(result["body"])
        head = _head(result)
    except Exception as error:  # noqa: BLE001 - the handler's error is the invocation's outcome
        sys.stderr.write(f"{trace_of(error)}\n")
        api.fail(f"{place}/error", error)
        return
    api.stream(f"{place}/response", head, parts)


def _parts(body: object) -> Iterator[str]:
    """Once API Gateway streams a route, every reply of it is sent as a stream, errors too."""
    return body if isinstance(body, Iterator) else iter([str(body or "")])


def _head(result: dict[str, Any]) -> dict[str, object]:
    headers = dict(result.get("headers") or {})
    for name, values in (result.get("multiValueHeaders") or {}).items():
        headers[name] = ", ".join(values)
    return {"statusCode": result["statusCode"], "headers": headers}


if __name__ == "__main__":
    main()
