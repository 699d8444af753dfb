"""Makes a small file of each format, parses it in the sandbox, and writes the texts found."""

import io
import json
import sys
from email.message import EmailMessage
from importlib import import_module

import docx
import pptx

from footnote.parsing.sandbox import SandboxedParser

SENTENCE = "Hold the button for ten seconds."


def word() -> bytes:
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph(SENTENCE)
    document.save(file)
    return file.getvalue()


def slides() -> bytes:
    deck, file = pptx.Presentation(), io.BytesIO()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.placeholders[1].text = SENTENCE
    deck.save(file)
    return file.getvalue()


def workbook() -> bytes:
    book, file = import_module("openpyxl").Workbook(), io.BytesIO()  # it has no types of its own
    for row in (["step", "what"], ["1", SENTENCE]):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Router"
    message.set_content(SENTENCE)
    return message.as_bytes()


def pdf() -> bytes:
    text = f"BT /F1 12 Tf 72 700 Td ({SENTENCE}) Tj ET"
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        f" /Resources << /Font << /F1 {font} >> >> >>"
    )
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
    )
    body = "".join(f"{n} 0 obj\n{text}\nendobj\n" for n, text in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer << /Root 1 0 R /Size 5 >>\n%%EOF\n".encode()


samples = {
    "a.md": f"# Router\n\n{SENTENCE}\n".encode(),
    "a.txt": SENTENCE.encode(),
    "a.html": f"<html><body><h1>Router</h1><p>{SENTENCE}</p></body></html>".encode(),
    "a.csv": f"step,what\n1,{SENTENCE}\n".encode(),
    "a.docx": word(),
    "a.pptx": slides(),
    "a.xlsx": workbook(),
    "a.eml": mail(),
    "a.pdf": pdf(),
}
with SandboxedParser() as parser:
    parsed = {name: parser.partition(content, name) for name, content in samples.items()}
texts = {name: " ".join(e.text for e in found.elements) for name, found in parsed.items()}
sys.stdout.write(json.dumps(texts))
