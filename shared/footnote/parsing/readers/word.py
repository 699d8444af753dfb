"""DOCX through Unstructured."""

import io

from unstructured.partition.docx import partition_docx

from footnote.parsing.archive import check_archive, core_title
from footnote.parsing.bold_headings import promoted
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Headings with their depth, paragraphs, lists and tables; pages where the file marks them."""
    check_archive(content, "DOCX", "word/document.xml", limits)
    elements = partition_docx(file=io.BytesIO(content), languages=[""])
    return Reading(elements=list(promoted(elements)), title=core_title(content))
