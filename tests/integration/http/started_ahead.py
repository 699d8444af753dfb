"""What Lambda does where it keeps a snapshot: imports the handler, then goes on from that twice.

A fork stands for what Lambda restores: memory as it was, and a life of its own. Prints JSON.
"""

import json
import os
import sys
import threading
from importlib import import_module
from pathlib import Path

from snapshot_restore_py import get_after_restore

from tests.functions import context

handler = import_module("handler")


def main() -> None:
    """Tell what the snapshot holds, and what each process that goes on from it answers."""
    event = json.loads(sys.argv[1])
    held = {
        "modules": sorted(sys.modules),
        "sockets": sum(link.startswith("socket:") for link in _open_files()),
        "threads": threading.active_count(),
        "hooks": [hook.__name__ for hook, _, _ in get_after_restore()],
    }
    answers = [_answered(event) for _ in range(2 if event else 0)]
    sys.stdout.write(json.dumps(held | {"answers": answers}) + "\n")


def _open_files() -> list[str]:
    return [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]


def _answered(event: object) -> object:
    reading, writing = os.pipe()
    if not os.fork():
        for hook, arguments, named in get_after_restore():
            hook(*arguments, **named)
        reply = handler.handler(event, context("api"))
        os.write(writing, json.dumps([reply["statusCode"], json.loads(reply["body"])]).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as told:  # noqa: PTH123 - a descriptor
        return json.loads(told.read() or "null")


main()
