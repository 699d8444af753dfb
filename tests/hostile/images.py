"""Pictures of a few bytes that claim three billion pixels."""

import struct
import zlib
from collections.abc import Iterator

from tests.hostile.case import HostileFile, either

_SIDE = 60_000


def files() -> Iterator[HostileFile]:
    """Skipped where nothing reads pictures; where something does, refused before any pixel."""
    for name, content in {
        "png": png_header(),
        "tif": _tiff(),
        "gif": _gif(),
        "bmp": _bmp(),
    }.items():
        reason = "not supported|OCR|pixels|too large"
        build = content.__bytes__
        yield either(f"a.{name}", build, reason, why="pixel bomb", ends="skipped|failed")


def png_header() -> bytes:
    """A PNG whose data ends after some lines."""
    header = struct.pack(">2I5B", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(1_000_000)))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def _tiff() -> bytes:
    tags = {256: _SIDE, 257: _SIDE, 258: 8, 259: 5, 262: 1, 273: 200, 277: 1, 278: _SIDE, 279: 100}
    fields = b"".join(struct.pack("<2HII", tag, 4, 1, value) for tag, value in tags.items())
    start = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + fields + bytes(4)
    return start.ljust(200, b"\0") + b"\x80" * 100


def _gif() -> bytes:
    size = struct.pack("<2H", _SIDE, _SIDE)
    image = b"," + bytes(4) + size + b"\0\x08\x03\0\x01\x04\0;"
    return b"GIF89a" + size + b"\xf0\0\0" + bytes(6) + image


def _bmp() -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, _SIDE, _SIDE, 1, 24, 0, 0, 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 100, 0, 0, 54) + header + bytes(100)
