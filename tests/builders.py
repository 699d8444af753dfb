"""Small real files of each format, made in memory, and short ways to write elements."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

from footnote.domain.element import Element, ElementKind, PartitionedDocument


def text(content: str, *, page: int | None = None, page_breaks: tuple[int, ...] = ()) -> Element:
    return Element(kind=ElementKind.TEXT, text=content, page=page, page_breaks=page_breaks)


def heading(content: str, depth: int = 0, *, page: int | None = None) -> Element:
    return Element(kind=ElementKind.TITLE, text=content, depth=depth, page=page)


def partitioned(*elements: Element, title: str | None = None) -> PartitionedDocument:
    return PartitionedDocument(elements=elements, title=title)


class Type:
    """Fonts of `pdf`, by the name that its lines use."""

    BODY = "/F1 10 Tf"
    BOLD = "/F2 10 Tf"
    LARGE = "/F2 18 Tf"


def pdf(pages: Sequence[Sequence[tuple[str, str]]], *, title: str = "") -> bytes:
    """A PDF of lines `(font, text)`, 14 points apart from the top; an empty text leaves a gap."""
    fonts = "".join(
        f"/F{number} << /Type /Font /Subtype /Type1 /BaseFont /{name} "
        "/Encoding /WinAnsiEncoding >> "
        for number, name in ((1, "Helvetica"), (2, "Helvetica-Bold"))
    )
    count = len(pages)
    kids = " ".join(f"{3 + 2 * index} 0 R" for index in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
    ]
    for index, lines in enumerate(pages):
        stream = _page_stream(lines)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << {fonts}>> >> /Contents {4 + 2 * index} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< /Title ({title}) >>")
    return _pdf_file(objects, info=len(objects))


def _page_stream(lines: Sequence[tuple[str, str]]) -> str:
    drawn = []
    height = 760
    for font, line in lines:
        escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        drawn.append(f"BT {font} 40 {height} Td ({escaped}) Tj ET")
        height -= 14
    return "\n".join(drawn)


def _pdf_file(objects: Sequence[str], info: int) -> bytes:
    body = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    start = len(body)
    rows = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}".encode()
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {info} 0 R >>"
    return bytes(body) + f"{trailer}\nstartxref\n{start}\n%%EOF\n".encode()


def docx(*blocks: tuple[str, str], table: Sequence[Sequence[str]] = (), title: str = "") -> bytes:
    """A DOCX of paragraphs `(style, text)`, then a table."""
    import docx as python_docx

    document = python_docx.Document()
    document.core_properties.title = title
    for style, content in blocks:
        document.add_paragraph(content, style=style)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, content in zip(row.cells, cells, strict=True):
                cell.text = content
    return _saved(document)


def pptx(*slides: tuple[str, str], notes: str = "") -> bytes:
    """A PPTX of slides `(title, text)`; the notes belong to the last."""
    import pptx as python_pptx

    deck = python_pptx.Presentation()
    for title, content in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = content
        if notes and (title, content) == slides[-1]:
            slide.notes_slide.notes_text_frame.text = notes
    return _saved(deck)


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], *, hidden: Sequence[str] = ()) -> bytes:
    """An XLSX of sheets by name."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            sheet.append(list(row))
    return _saved(book)


def eml(*, subject: str, plain: str = "", html: str = "", attachment: str = "") -> bytes:
    """A message from Ada to Bob."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Ada <ada@example.org>"
    message["To"] = "Bob <bob@example.org>"
    message["Date"] = "Mon, 02 Mar 2026 10:00:00 +0000"
    message.set_content(plain)
    if html:
        message.add_alternative(html, subtype="html")
    if attachment:
        message.add_attachment(b"not to be opened", "application", "pdf", filename=attachment)
    return bytes(message)


def archive(**parts: bytes) -> bytes:
    """A zip of parts; two underscores in a name stand for a slash, one for a dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name.replace("__", "/").replace("_", "."), content)
    return packed.getvalue()


def without_part(content: bytes, name: str) -> bytes:
    """An archive that lost one of its parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(target, "w") as cut:
        for entry in whole.namelist():
            if entry != name:
                cut.writestr(entry, whole.read(entry))
    return target.getvalue()


def _saved(document: object) -> bytes:
    target = io.BytesIO()
    document.save(target)  # type: ignore[attr-defined]
    return target.getvalue()
