"""reStructuredText through docutils, with the directives of Sphinx, and without other files."""

import io
from typing import TYPE_CHECKING

from docutils.core import publish_doctree

from footnote.parsing import rst_extensions
from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.readers import plain_text
from footnote.parsing.reading import Reading
from footnote.parsing.rst_blocks import blocks

if TYPE_CHECKING:
    from docutils import nodes

# Docutils gives up on a text with a longer line, and on substitutions that grow beyond it.
_MAX_LINE_CHARS = 10_000
# It reads less than 100,000 characters in a second.
_MAX_CHARS = 1_000_000


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Sections, paragraphs, lists, tables and code; what would be read from elsewhere is not.

    What is too large or too wide for docutils is read as plain text, so that nothing is lost.
    """
    text = decode(content)
    if len(text) > _MAX_CHARS or max(map(len, text.split("\n"))) > _MAX_LINE_CHARS:
        return plain_text.read_text(text, limits)
    rst_extensions.accept(text)
    document: nodes.document = publish_doctree(
        text,
        settings_overrides={
            "file_insertion_enabled": False,
            "raw_enabled": False,
            "_disable_config": True,
            # Nothing is reported, and no fault of the text ends the reading.
            "report_level": 5,
            "halt_level": 6,
            "warning_stream": io.StringIO(),
            "line_length_limit": _MAX_LINE_CHARS,
            "doctitle_xform": False,
            "docinfo_xform": False,
            "smart_quotes": False,
        },
    )
    return Reading(elements=blocks(document), title=document.get("title"))
