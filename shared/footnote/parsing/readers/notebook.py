"""Jupyter notebooks: notes as Markdown, code as code, and what it printed where that is short."""

import json
import re
from collections.abc import Iterator
from typing import Any

from unstructured.documents.elements import CodeSnippet, Element, ElementMetadata, Text, Title

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.readers import markdown_file
from footnote.parsing.reading import Reading

# Characters; what is longer is a log or a table of figures, not something that people wrote.
_SHORT_OUTPUT = 2_000
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# As notebooks print objects that are shown as a picture.
_OBJECT = re.compile(r"<[\w.]+(?: [^<>]*)?(?: at 0x[0-9a-fA-F]+)?>|<Figure size [^<>]*>")


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """The cells in order; pictures and other media are left out."""
    try:
        notebook = json.loads(decode(content))
    except json.JSONDecodeError as error:
        msg = f"the notebook is damaged: line {error.lineno} is no JSON: {error.msg}"
        raise FailedDocumentError(msg) from error
    cells = _cells(notebook)
    about = notebook.get("metadata")
    metadata = about if isinstance(about, dict) else {}
    language = _language(metadata)
    elements = [element for cell in cells for element in _elements(cell, language, limits)]
    title = metadata.get("title")
    return Reading(elements=elements, title=title if isinstance(title, str) else None)


def _cells(notebook: Any) -> list[dict[str, Any]]:
    """Of format 4, or of format 3, which put them in a worksheet."""
    try:
        sheets = notebook.get("worksheets") or [notebook]
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
    except (AttributeError, KeyError, TypeError) as error:
        msg = "not a Jupyter notebook although its name says so: it has no cells"
        raise FailedDocumentError(msg) from error
    return [cell for cell in cells if isinstance(cell, dict)]


def _language(metadata: dict[str, Any]) -> str:
    for place in ("language_info", "kernelspec"):
        about = metadata.get(place) or {}
        name = about.get("name") if place == "language_info" else about.get("language")
        if isinstance(name, str):
            return name
    return ""


def _elements(cell: dict[str, Any], language: str, limits: ParsingLimits) -> Iterator[Element]:
    kind = cell.get("cell_type")
    source = _joined(cell.get("source", cell.get("input")))
    if kind == "code":
        if source.strip():
            yield CodeSnippet(f"```{cell.get('language') or language}\n{source.strip('\n')}\n```")
        yield from _outputs(cell)
    elif not source.strip():
        return
    elif kind == "heading":
        level = cell.get("level")
        depth = level - 1 if isinstance(level, int) and level > 0 else 0
        yield Title(source, metadata=ElementMetadata(category_depth=depth))
    elif kind == "markdown":
        yield from markdown_file.read(source.encode(errors="replace"), limits).elements
    else:
        yield Text(source.strip("\n"))


def _outputs(cell: dict[str, Any]) -> Iterator[Element]:
    for output in cell.get("outputs") or ():
        text = _ANSI.sub("", _output(output)).strip("\n") if isinstance(output, dict) else ""
        if text.strip() and len(text) <= _SHORT_OUTPUT and not _OBJECT.fullmatch(text.strip()):
            yield CodeSnippet(text)


def _output(output: dict[str, Any]) -> str:
    """What it shows as text: printed, returned, or the error that ended the cell."""
    if output.get("output_type") in ("error", "pyerr"):
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    shown = output.get("data")
    forms = shown if isinstance(shown, dict) else {}
    return _joined(output.get("text") or forms.get("text/markdown") or forms.get("text/plain"))


def _joined(lines: Any) -> str:
    """Notebooks keep a text whole or as a list of its lines."""
    if isinstance(lines, str):
        return lines
    return (
        "".join(line for line in lines if isinstance(line, str)) if isinstance(lines, list) else ""
    )
