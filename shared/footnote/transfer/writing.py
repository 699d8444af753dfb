"""Writes an export, line by line; the file appears under its name only when it is complete."""

import base64
import gzip
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

# Of gzip: above it a file gets hardly smaller and takes much longer, as vectors do not pack.
_LEVEL = 5
_READABLE_BY_OWNER = 0o600


def write_export(path: Path, lines: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Write lines, and tell the kind of each that was written.

    Raises:
        FileExistsError: there is a file of that name.
        OSError: the file cannot be written.
    """
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=_READABLE_BY_OWNER)
    try:
        with part.open("wb") as raw:
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=_LEVEL) as packed:
                yield from _write(packed, lines)
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def _write(packed: gzip.GzipFile, lines: Iterable[Mapping[str, object]]) -> Iterator[str]:
    digest, counts = hashlib.sha256(), Counter[str]()
    for line in lines:
        written = encoded(line)
        digest.update(written)
        packed.write(written)
        kind = str(line["kind"])
        counts[kind] += 1
        yield kind
    packed.write(encoded({"kind": "end", "counts": counts, "sha256": digest.hexdigest()}))


def encoded(line: Mapping[str, object]) -> bytes:
    """One line as it stands in the file."""
    text = json.dumps(
        line, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_told
    )
    return f"{text}\n".encode()


def _told(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, UUID | Decimal):
        return str(value)
    message = f"nothing says how {type(value).__name__} is written"
    raise TypeError(message)
