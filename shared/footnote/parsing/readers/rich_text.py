"""RTF through striprtf, with headings by outline level and style, lists, tables and footnotes."""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from striprtf.striprtf import rtf_to_text
from unstructured.documents.elements import Element, ElementMetadata, ListItem, Table, Text, Title

from footnote.domain.errors import FailedDocumentError
from footnote.parsing import pipe_table, rtf_marks
from footnote.parsing.archive import given_title
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading

_SIGNATURE = b"{\\rtf"
# Some programs end the file as a string of C, some old ones as DOS did.
_AFTER_THE_END = b" \t\r\n\x00\x1a"
# A file that was stored in part has zeros for what is missing.
_HOLE = bytes(64)
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{1,5})")
_MAC = re.compile(rb"\A.{0,100}?\\mac(?![a-z])", re.DOTALL)
_ENDS = re.compile(f"([{rtf_marks.PARAGRAPH}{rtf_marks.CELL}{rtf_marks.ROW}])")
_NOTE = re.compile(f"{rtf_marks.NOTE}(.*?){rtf_marks.NOTE_END}", re.DOTALL)
_SIGN = re.compile("[\ue000-\ue8cf]")
_LIST_MARK = re.compile(r"\A(?:[•·▪◦‣o\uf0b7\uf0a7-]|\(?[0-9A-Za-z]{1,4}[.)])\t")


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Paragraphs in the code pages that the file names; pictures and fields' codes are dropped."""
    del limits
    if not content.lstrip().startswith(_SIGNATURE):
        msg = "not an RTF file although its name says so"
        raise FailedDocumentError(msg)
    if not content.rstrip(_AFTER_THE_END).endswith(b"}") or _HOLE in content:
        msg = "the RTF file is damaged: part of it is missing"
        raise FailedDocumentError(msg)
    source = rtf_marks.marked(content)
    encoding = _encoding(content)
    blocks = _Blocks(rtf_marks.heading_styles(content.decode("latin-1")))
    elements = blocks.elements(_text(source, encoding))
    return Reading(elements=elements, title=_title(source, encoding))


def _encoding(content: bytes) -> str:
    """The code page that the file names, for fonts without one of their own."""
    page = _CODE_PAGE.search(content)
    try:
        return codecs.lookup(f"cp{page.group(1).decode()}" if page else "").name
    except LookupError:
        return "mac_roman" if _MAC.match(content) else "cp1252"


def _text(source: str, encoding: str) -> str:
    text = str(rtf_to_text(source, encoding=encoding, errors="replace"))  # type: ignore[no-untyped-call]
    # RTF writes characters beyond the first 65,536 as two halves.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _title(source: str, encoding: str) -> str | None:
    written = rtf_marks.title_source(source)
    if not written:
        return None
    return given_title(_text(f"{_SIGNATURE.decode()}1 {written}}}", encoding))


@dataclass(slots=True)
class _Blocks:
    """Goes through the paragraphs; what their signs say holds until they are reset."""

    styles: Mapping[int, int]
    level: int | None = None
    listed: bool = False
    nesting: int = 0
    in_table: bool = False
    cell: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def elements(self, text: str) -> Iterator[Element]:
        """Elements in order; a note follows the paragraph in which it stands."""
        pieces = _ENDS.split(_NOTE.sub(self._kept_note, text) + rtf_marks.PARAGRAPH)
        notes = iter(_NOTE.findall(text))
        for piece, end in zip(pieces[::2], pieces[1::2], strict=False):
            count = piece.count(rtf_marks.NOTE)
            words = self._follow(piece)
            if end == rtf_marks.PARAGRAPH and not self.in_table:
                yield from self._table()
                yield from self._paragraph(words)
            else:
                self._in_table(words, end)
            for _ in range(count):
                if note := _SIGN.sub("", next(notes)).strip():
                    yield Text(note)
        yield from self._table()

    @staticmethod
    def _kept_note(found: re.Match[str]) -> str:
        del found
        return rtf_marks.NOTE

    def _follow(self, piece: str) -> str:
        for sign in _SIGN.findall(piece):
            if sign == rtf_marks.RESET:
                self.level, self.nesting, self.listed, self.in_table = None, 0, False, False
            elif sign == rtf_marks.IN_TABLE:
                self.in_table = True
            elif sign == rtf_marks.LISTED:
                self.listed = True
            else:
                self._follow_number(ord(sign))
        return _SIGN.sub("", piece).strip("\n ")

    def _follow_number(self, code: int) -> None:
        if code >= rtf_marks.STYLE:
            self.level = self.styles.get(code - rtf_marks.STYLE, self.level)
        elif code >= rtf_marks.NESTING:
            self.nesting = code - rtf_marks.NESTING
        elif code >= rtf_marks.LEVEL:
            self.level = code - rtf_marks.LEVEL

    def _in_table(self, words: str, end: str) -> None:
        self.cell.append(words)
        if end == rtf_marks.PARAGRAPH:
            return
        if end == rtf_marks.CELL:
            self.row.append(" ".join(self.cell))
        else:
            self.rows.append(self.row)
            self.row = []
        self.cell = []

    def _table(self) -> Iterator[Element]:
        found = pipe_table.of([*self.rows, [*self.row, *self.cell]])
        self.rows, self.row, self.cell = [], [], []
        if found.columns > 1:
            yield Table(found.markdown())
        elif found.columns:
            yield Text(found.lines())

    def _paragraph(self, words: str) -> Iterator[Element]:
        if not words.strip():
            return
        if self.level is not None:
            yield Title(words, metadata=ElementMetadata(category_depth=self.level))
        elif self.listed or _LIST_MARK.match(words):
            yield ListItem(words, metadata=ElementMetadata(category_depth=self.nesting))
        else:
            yield Text(words)
