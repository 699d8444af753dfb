"""PDFs that grow, loop, claim, act or hide."""

import zlib
from collections.abc import Iterator, Sequence

from tests.hostile.case import HostileFile, failed, ready
from tests.hostile.zips import SENTENCE

_FONT = "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
_BOX = "/MediaBox [0 0 612 792]"
_TEXT = f"BT /F1 12 Tf 72 700 Td ({SENTENCE}) Tj ET"


def files() -> Iterator[HostileFile]:
    """None may take longer than the sandbox gives, nor start anything."""
    yield failed("a.pdf", _flate_bomb, "memory|crashed|longer|damaged|no text", why="flate bomb")
    yield ready("a.pdf", _operator_bomb, "a", why="operator bomb")
    yield ready("a.pdf", _giant_text, "word word", why="giant text")
    yield failed("a.pdf", _deep_tree, "damaged|no text|pages", why="deep page tree")
    yield failed("a.pdf", _looping_tree, "damaged|no text|pages", why="page tree loop")
    yield failed("a.pdf", _many_pages, "pages; the limit is", why="a million pages")
    yield failed("a.pdf", _claimed_pages, "pages; the limit is", why="claimed pages")
    yield failed("a.pdf", _password, "encrypted", why="password")
    yield failed("a.pdf", _deep_array, "damaged|no text", why="deep array")
    yield failed("a.pdf", lambda: _page()[:250], "damaged|no text", why="cut")
    yield failed("a.pdf", lambda: b"%PDF-1.7\n" + bytes(200_000), "damaged", why="nothing else")
    yield failed("a.pdf", _form_loop, "no text|memory|crashed", why="form loop")
    yield ready("a.pdf", _active, SENTENCE, why="script and attachment")
    yield ready("a.pdf", _picture_bomb, SENTENCE, why="picture bomb")
    yield ready("a.pdf", _looping_table, SENTENCE, why="cross reference loop")
    yield ready("a.pdf", _broken_map, "", why="broken character map")


def _pdf(objects: Sequence[bytes], root: str = "/Root 1 0 R", tail: bytes = b"") -> bytes:
    """Without a table of objects: readers then look for them."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(objects, 1))
    trailer = f"trailer << {root} /Size {len(objects) + 1} >>\n".encode()
    return b"%PDF-1.7\n" + body + trailer + tail + b"%%EOF\n"


def _stream(content: bytes, extra: str = "") -> bytes:
    head = f"<< /Length {len(content)} {extra} >>\nstream\n".encode()
    return head + content + b"\nendstream"


def _page(content: bytes | None = None, *more: bytes, catalog: str = "", page: str = "") -> bytes:
    drawn = _stream(_TEXT.encode()) if content is None else content
    return _pdf([
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R {_BOX} /Contents 4 0 R {page or _FONT} >>".encode(),
        drawn,
        *more,
    ])  # fmt: skip


def _flate_bomb() -> bytes:
    """Packed twice: a kilobyte becomes 256 MB of blanks."""
    squeeze = zlib.compressobj(9)
    packed = squeeze.compress(b" " * 2**20)
    for _ in range(255):
        packed += squeeze.compress(b" " * 2**20)
    packed += squeeze.flush()
    double = zlib.compress(packed, 9)
    return _page(_stream(double, "/Filter [/FlateDecode /FlateDecode]"))


def _operator_bomb() -> bytes:
    drawn = b"BT /F1 1 Tf 1 1 Td (a) Tj ET\n" * 1_000_000
    return _page(_stream(zlib.compress(drawn, 9), "/Filter /FlateDecode"))


def _giant_text() -> bytes:
    drawn = b"BT /F1 1 Tf 1 1 Td (" + b"word " * 8_000_000 + b") Tj ET"
    return _page(_stream(zlib.compress(drawn, 9), "/Filter /FlateDecode"))


def _deep_tree() -> bytes:
    depth = 20_000
    nodes = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    for number in range(2, depth + 2):
        parent = f"/Parent {number - 1} 0 R" if number > 2 else ""
        nodes.append(f"<< /Type /Pages {parent} /Kids [{number + 1} 0 R] /Count 1 >>".encode())
    nodes.append(f"<< /Type /Page /Parent {depth + 1} 0 R {_BOX} {_FONT} >>".encode())
    return _pdf(nodes)


def _looping_tree() -> bytes:
    return _pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Parent 3 0 R /Kids [3 0 R 2 0 R] /Count 2 >>",
        b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 2 >>",
    ])  # fmt: skip


def _many_pages() -> bytes:
    page = f"<< /Type /Page /Parent 2 0 R {_BOX} /Contents 4 0 R {_FONT} >>".encode()
    kids = b"3 0 R " * 1_000_000
    return _pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count 1000000 >>",
        page,
        _stream(_TEXT.encode()),
    ])  # fmt: skip


def _claimed_pages() -> bytes:
    return _page().replace(b"/Count 1 ", b"/Count 1000000 ")


def _password() -> bytes:
    locked = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'28' * 32}> /U <{'A1' * 32}> >> "
        "/ID [<00> <00>]"
    )
    return _page().replace(b"trailer << ", f"trailer << {locked} ".encode())


def _deep_array() -> bytes:
    return _page(b"[" * 200_000 + b"]" * 200_000)


def _form_loop() -> bytes:
    """A form that draws itself twice."""
    form = _stream(
        b"/X Do /X Do",
        f"/Type /XObject /Subtype /Form {_BOX} /Resources << /XObject << /X 5 0 R >> >>",
    )
    resources = "/Resources << /XObject << /X 5 0 R >> >>"
    return _page(_stream(b"/X Do /X Do"), form, page=resources)


def _active() -> bytes:
    act = "/S /JavaScript /JS (app.launchURL\\('http://127.0.0.1:9/'\\);)"
    catalog = (
        f"/OpenAction << {act} >> /AA << /WC << /S /Launch /F (/bin/sh) >> >> "
        "/Names << /EmbeddedFiles << /Names [(a.exe) 5 0 R] >> /JavaScript << /Names [(a) << "
        f"{act} >>] >> >>"
    )
    attached = b"<< /Type /Filespec /F (../../tmp/footnote-escaped) /EF << /F 6 0 R >> >>"
    return _page(None, attached, _stream(b"MZ escaped"), catalog=catalog)


def _picture_bomb() -> bytes:
    picture = _stream(
        zlib.compress(bytes(1_000_000)),
        "/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 "
        "/ColorSpace /DeviceRGB /Filter /FlateDecode",
    )
    resources = _FONT.replace("/Resources <<", "/Resources << /XObject << /I 5 0 R >>")
    drawn = _stream(f"{_TEXT} q 600 0 0 700 0 0 cm /I Do Q".encode())
    return _page(drawn, picture, page=resources)


def _looping_table() -> bytes:
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer << /Root 1 0 R /Size 5 /Prev 9 >>\n"
    return _page().replace(b"%%EOF", table + b"startxref\n9\n%%EOF")


def _broken_map() -> bytes:
    """A character map in a file outside, and ranges that never end."""
    ranges = b"1 begincodespacerange <00> <FF> endcodespacerange\n" + (
        b"1 beginbfrange <0000> <FFFFFFFF> <0041> endbfrange\n" * 20_000
    )
    cmap = _stream(b"/../../../etc/passwd usecmap\n" + ranges)
    font = (
        "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica "
        "/Encoding /..#2F..#2Fetc#2Fpasswd /ToUnicode 5 0 R >> >> >>"
    )
    return _page(None, cmap, page=font)
