"""Archives that unpack to too much, lie, hide their content, or reach outside."""

from collections.abc import Callable, Iterator
from functools import partial

from tests.hostile.case import HostileFile, failed, ready
from tests.hostile.images import png_header
from tests.hostile.zips import (
    SENTENCE,
    Entry,
    bomb,
    docx_parts,
    encrypted_office,
    entry,
    epub_parts,
    odt_parts,
    parts_zip,
    pptx_parts,
    xlsx_parts,
    zip_of,
)

_Parts = Callable[[], dict[str, bytes]]
_KINDS: dict[str, tuple[_Parts, str]] = {
    "a.docx": (docx_parts, "word/document.xml"),
    "a.xlsx": (xlsx_parts, "xl/worksheets/s.xml"),
    "a.pptx": (pptx_parts, "ppt/slides/slide1.xml"),
    "a.odt": (odt_parts, "content.xml"),
    "a.epub": (epub_parts, "c.xhtml"),
}
_OUTSIDE = ("../../../../tmp/footnote-escaped", "/tmp/footnote-escaped", "..\\..\\footnote-escaped")  # noqa: S108


def files() -> Iterator[HostileFile]:
    """Of every format that is a zip archive."""
    for name, (parts, main) in _KINDS.items():
        yield failed(name, partial(_flat_bomb, parts, main), "unpacks to more", why="flat bomb")
        yield failed(name, partial(_ratio_bomb, parts, main), "times its size", why="ratio bomb")
        yield failed(name, partial(_lying_bomb, parts, main), "damaged", why="lying sizes")
        yield failed(name, partial(_locked, parts), "encrypted", why="locked entries")
        yield ready(name, partial(_outside, parts), SENTENCE, why="names outside")
        yield ready(name, partial(_nested_bomb, parts), SENTENCE, why="bomb within")
        yield failed(name, partial(_overlapping, parts), "damaged|unpacks to more", why="overlap")
        yield failed(name, partial(_cut, parts), "damaged|not a", why="cut in half")
    for name in ("a.docx", "a.xlsx", "a.pptx"):
        yield failed(name, encrypted_office, "encrypted", why="password")
    yield failed("a.odt", _odt_with_password, "encrypted", why="password")
    yield failed("a.docx", _many_parts, "more than 20,000 parts", why="many parts")
    yield ready("a.docx", _picture_bomb, SENTENCE, why="picture bomb")
    yield failed("a.epub", _epub_outside, "missing", why="chapter outside")


def _without(parts: _Parts, main: str) -> dict[str, bytes]:
    return {name: part for name, part in parts().items() if name != main}


def _flat_bomb(parts: _Parts, main: str) -> bytes:
    return parts_zip(_without(parts, main), bomb(main, 450))


def _ratio_bomb(parts: _Parts, main: str) -> bytes:
    return parts_zip(_without(parts, main), bomb(main, 60))


def _lying_bomb(parts: _Parts, main: str) -> bytes:
    return parts_zip(_without(parts, main), bomb(main, 450, claimed=5_000))


def _locked(parts: _Parts) -> bytes:
    return parts_zip(parts(), flags=1)


def _outside(parts: _Parts) -> bytes:
    return parts_zip(parts(), *(entry(name, b"escaped") for name in _OUTSIDE))


def _nested_bomb(parts: _Parts) -> bytes:
    inner = zip_of(*(bomb(f"{number}.bin", 40) for number in range(4)))
    for _ in range(3):
        inner = zip_of(*(entry(f"{number}.zip", inner) for number in range(4)))
    return parts_zip(parts(), entry("embedded/a.zip", inner))


def _overlapping(parts: _Parts) -> bytes:
    """All names stand for the same bytes, which are those of none of them."""
    kernel = bomb("x", 1)
    named = [
        Entry(name=name, packed=kernel.packed, size=kernel.size, crc=kernel.crc)
        for name in (*parts(), *(f"{number}.xml" for number in range(150)))
    ]
    return zip_of(*named, overlapping=True) + bytes(200_000)


def _cut(parts: _Parts) -> bytes:
    whole = parts_zip(parts())
    return whole[: len(whole) // 2]


def _odt_with_password() -> bytes:
    algorithm = (
        '<manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="x">'
        '<manifest:algorithm manifest:algorithm-name="Blowfish CFB"/></manifest:encryption-data>'
    )
    noise = bytes(range(256)) * 4
    return parts_zip(odt_parts(manifest=algorithm) | {"content.xml": noise})


def _many_parts() -> bytes:
    return parts_zip(docx_parts(), *(entry(f"{number}", b"") for number in range(21_000)))


def _picture_bomb() -> bytes:
    return parts_zip(docx_parts() | {"word/media/image1.png": png_header()})


def _epub_outside() -> bytes:
    return parts_zip(epub_parts(path="../../../../etc/passwd"))
