"""A PDF that lost part of its text fails; one that only looks damaged is read."""

import zlib

import pytest

from footnote.domain.errors import FailedDocumentError
from footnote.parsing import ParsingLimits, partition

_WORDS = "\n".join(
    f"BT /F1 12 Tf 72 {700 - 12 * n} Td (Line {n} of {n**9}) Tj ET" for n in range(50)
)
_PAGE = zlib.compress(_WORDS.encode())


def _pdf(page: bytes, *, extra: str = "/Filter /FlateDecode", picture: bytes = b"") -> bytes:
    font = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    box = f"/MediaBox [0 0 612 792] /Resources {font}"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R {box} /Contents 5 0 R >>".encode(),
        _stream(picture, "/Subtype /Image /Filter /DCTDecode"),
        _stream(page, extra),
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer << /Root 1 0 R /Size 6 >>\n%%EOF\n"


def _stream(content: bytes, extra: str) -> bytes:
    head = f"<< /Length {len(content)} {extra} >>\nstream\n".encode()
    return head + content + b"\nendstream"


def _text(content: bytes) -> str:
    elements = partition(content, "a.pdf", ParsingLimits()).elements
    return " ".join(element.text for element in elements)


def _holed(content: bytes, begin: int, length: int) -> bytes:
    return content[:begin] + bytes(length) + content[begin + length :]


def test_a_whole_pdf_is_read_to_its_end() -> None:
    assert "Line 49 of" in _text(_pdf(_PAGE))


def test_a_page_that_cannot_be_unpacked_to_its_end_fails_the_pdf() -> None:
    packer = zlib.compressobj()
    damaged = packer.compress(_WORDS[:500].encode()) + packer.flush(zlib.Z_FULL_FLUSH) + b"\xff" * 9
    with pytest.raises(FailedDocumentError, match="the text of a page cannot be unpacked"):
        _text(_pdf(damaged))


def test_a_hole_in_a_page_fails_the_pdf_whatever_it_is_packed_with() -> None:
    page = _holed(_PAGE.hex().encode() + b">", 300, 520)
    with pytest.raises(FailedDocumentError, match="part of the file is missing"):
        _text(_pdf(page, extra="/Filter [/ASCIIHexDecode /FlateDecode]"))


def test_a_hole_from_a_picture_into_a_page_fails_the_pdf() -> None:
    content = _pdf(_PAGE, picture=b"\xff\xd8" * 600)
    begin = content.index(b"\xff\xd8") + 1_000
    with pytest.raises(FailedDocumentError):
        _text(_holed(content, begin, content.index(b"/FlateDecode") + 200 - begin))


def test_a_picture_with_a_hole_takes_no_text_away() -> None:
    assert "Line 49 of" in _text(_pdf(_PAGE, picture=b"\xff\xd8" + bytes(2_000)))


@pytest.mark.parametrize("end", [_PAGE[:-4], _PAGE[:-4] + b"oops", _PAGE + b"\r\n"])
def test_a_careless_end_of_a_stream_is_no_damage(end: bytes) -> None:
    assert "Line 49 of" in _text(_pdf(end))
