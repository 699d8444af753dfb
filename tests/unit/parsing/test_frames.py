"""Messages between the sandbox and its worker, also those that a document forged."""

import os
import time

import pytest

from footnote.domain.element import Element, ElementKind, PartitionedDocument
from footnote.domain.errors import FailedDocumentError, SkippedDocumentError
from footnote.parsing import frames


def test_a_document_passes_as_it_is() -> None:
    element = Element(kind=ElementKind.CODE, text='größer 😀 \\u0000\n\t"', page=3, depth=2)
    over_pages = Element(kind=ElementKind.TEXT, text="One. Two.", page=4, page_breaks=(4, 4))
    document = PartitionedDocument(elements=(element, over_pages), title="Größe")
    assert frames.document_of(frames.outcome(document)) == document


def test_a_reason_passes_even_with_half_a_character_of_a_name() -> None:
    with pytest.raises(SkippedDocumentError, match="not supported"):
        frames.document_of(frames.outcome(SkippedDocumentError(".\ud800 is not supported")))


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"[", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000,
        b'{"elements": 1, "title": null}',
        b'{"elements": [["text", "a", 1]], "title": null}',
        b'{"elements": [["evil", "a", 1, 0]], "title": null}',
        b'{"elements": [["text", 1, 1, 0]], "title": null}',
        b'{"elements": [["text", "a", "1", 0]], "title": null}',
        b'{"elements": [["text", "a\\u0000", 1, 0]], "title": null}',
        b'{"elements": [["text", "abc", 1, 0, [2, 1]]], "title": null}',
        b'{"elements": [["text", "abc", 1, 0, [4]]], "title": null}',
        b'{"elements": [["text", "abc", 1, 0, [-1]]], "title": null}',
        b'{"elements": [["text", "abc", 1, 0, "1"]], "title": null}',
        b'{"elements": [["text", "a\\ud800", 1, 0]], "title": null}',
    ],
    ids=range(17),
)  # fmt: skip
def test_what_is_no_document_is_a_failed_one(payload: bytes) -> None:
    with pytest.raises(FailedDocumentError, match="no document"):
        frames.document_of(payload)


def test_a_message_that_claims_too_much_is_not_read() -> None:
    source, target = os.pipe()
    os.write(target, (2**40).to_bytes(8))
    with pytest.raises(frames.TooLongError):
        frames.receive(source, time.monotonic() + 5, most=1_000)
    os.close(source)
    os.close(target)
