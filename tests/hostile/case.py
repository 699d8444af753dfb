"""What a hostile file is, and how it must end."""

from collections.abc import Callable
from dataclasses import dataclass

# What an entity or an include would bring from this machine's `/etc/passwd`.
STOLEN = "root:x:0"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileFile:
    """A file made by code, the same on every machine.

    `ends` is its status, `reason` stands in what people are told, `holds` in the text of a document
    that is ready.
    """

    id: str
    filename: str
    build: Callable[[], bytes]
    ends: str
    reason: str = ""
    holds: str = ""


def ready(filename: str, build: Callable[[], bytes], holds: str, *, why: str) -> HostileFile:
    """It looks bad but can be read, without the bad part."""
    return HostileFile(
        id=_id(filename, why), filename=filename, build=build, ends="ready", holds=holds
    )


def failed(filename: str, build: Callable[[], bytes], reason: str, *, why: str) -> HostileFile:
    """It is given up, with a reason."""
    return HostileFile(
        id=_id(filename, why), filename=filename, build=build, ends="failed", reason=reason
    )


def either(
    filename: str, build: Callable[[], bytes], reason: str, *, why: str, ends: str = "ready|failed"
) -> HostileFile:
    """How it ends depends on libraries and on limits that may change; that it ends does not."""
    return HostileFile(
        id=_id(filename, why), filename=filename, build=build, ends=ends, reason=reason
    )


def _id(filename: str, why: str) -> str:
    return f"{filename.rpartition('.')[2]}-{why.replace(' ', '-')}"
