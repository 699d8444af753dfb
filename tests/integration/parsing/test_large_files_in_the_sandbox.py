"""Large files pass through the sandbox whole, in a few times their size of memory."""

import io
import zipfile

import pytest

from footnote.parsing import SandboxedParser
from tests.builders import docx

pytestmark = pytest.mark.integration


def test_a_table_of_many_rows_is_read_to_its_last() -> None:
    rows = "".join(f'{number},"part {number}",in stock\n' for number in range(150_000))
    with SandboxedParser(memory_mb=150) as small:
        document = small.partition(f"id,name,state\n{rows}".encode(), "a.csv")
    assert document.elements[-1].text.endswith("| 149999 | part 149999 | in stock |")
    assert all(e.text.startswith("| id | name | state |") for e in document.elements)


def test_a_long_docx_is_read_without_its_tree_in_memory() -> None:
    paragraphs = "".join(
        f"<w:p><w:r><w:t>Paragraph {number} of many.</w:t></w:r></w:p>" for number in range(40_000)
    )
    with SandboxedParser(memory_mb=100) as small:
        document = small.partition(_with_body(paragraphs), "a.docx")
    assert len(document.elements) == 40_001


def test_a_markdown_file_of_short_paragraphs_takes_little_memory() -> None:
    content = b"a few words\n\n" * 120_000
    with SandboxedParser(memory_mb=150) as small:
        assert len(small.partition(content, "a.md").elements) == 120_000


def _with_body(paragraphs: str) -> bytes:
    """A whole file of the library's making, with another body."""
    made, target = zipfile.ZipFile(io.BytesIO(docx(("Normal", "x")))), io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name in made.namelist():
            part = made.read(name)
            if name == "word/document.xml":
                head, _, rest = part.partition(b"<w:body>")
                part = head + b"<w:body>" + paragraphs.encode() + rest
            packed.writestr(name, part)
    return target.getvalue()
