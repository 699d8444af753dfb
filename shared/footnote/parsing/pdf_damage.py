"""Whether a PDF lost some of what its pages are made of: pdfium leaves that out in silence."""

import re
import zlib
from collections.abc import Iterator

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.limits import ParsingLimits

_STREAM = re.compile(rb">>\s*stream\r?\n")
_OBJECT = b" obj"
_MAX_DICTIONARY_BYTES = 4_096
_LENGTH = re.compile(rb"/Length\s+(\d{1,10})(?!\s+\d+\s+R)")
_FLATE_FIRST = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\b")
# Pictures and colour profiles: without them the text is whole, which it is not without a font.
_NO_TEXT = re.compile(rb"/Image\b|/Alternate\b")
# A file that was stored in part has zeros for what is missing. Flate writes as many where a text
# says the same again and again, but not so that its sum is wrong.
_HOLE = bytes(512)
_PIECE_BYTES = 65_536
# Line ends before "endstream", and a wrong length here and there.
_LENGTH_SLACK = 64
# zlib's words for a wrong sum at the end, which some programs write and all readers pass over.
_WRONG_SUM = "incorrect data check"


def check_whole(content: bytes, limits: ParsingLimits) -> None:
    """Refuses a PDF whose text would be read in part; only so much is unpacked as limits allow.

    Raises:
        FailedDocumentError: a stream of text has a hole, or cannot be unpacked.
    """
    encrypted = b"/Encrypt" in content
    left = limits.max_unpacked_bytes
    for dictionary, data in _streams(content):
        if not _holds_text(dictionary, data) or b"/Filter" not in dictionary:
            continue
        whole = False
        if not encrypted and _FLATE_FIRST.search(dictionary) and not _NO_TEXT.search(dictionary):
            whole, count = _unpacked(data, left)
            left -= count
        if not whole and _HOLE in data:
            msg = "the PDF is damaged: part of the file is missing"
            raise FailedDocumentError(msg)


def _streams(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The dictionary of each stream, and its data up to where it says that it ends."""
    position = 0
    while found := _STREAM.search(content, position):
        begin = max(position, found.start() - _MAX_DICTIONARY_BYTES)
        begin = max(begin, content.rfind(_OBJECT, begin, found.start()))
        position = content.find(b"endstream", found.end())
        position = len(content) if position < 0 else position
        yield content[begin : found.start()], content[found.end() : position]


def _holds_text(dictionary: bytes, data: bytes) -> bool:
    """A picture that runs on beyond its length swallowed what stood behind it."""
    if not _NO_TEXT.search(dictionary):
        return True
    length = _LENGTH.search(dictionary)
    return length is not None and len(data) > int(length.group(1)) + _LENGTH_SLACK


def _unpacked(data: bytes, most: int) -> tuple[bool, int]:
    """Whether it unpacks to its very end, or to `most`, and to how many bytes."""
    unpacker, count = zlib.decompressobj(), 0
    try:
        for begin in range(0, len(data), _PIECE_BYTES):
            rest = data[begin : begin + _PIECE_BYTES]
            while rest and count < most and not unpacker.eof:
                count += len(unpacker.decompress(rest, _PIECE_BYTES))
                rest = unpacker.unconsumed_tail
    except zlib.error as error:
        if _WRONG_SUM not in str(error):
            msg = "the PDF is damaged: the text of a page cannot be unpacked"
            raise FailedDocumentError(msg) from error
    return unpacker.eof or count >= most, count
