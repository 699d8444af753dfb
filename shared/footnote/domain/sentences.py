"""Where the sentences of a text begin and end."""

import re
from collections.abc import Iterator

# A sentence ends at a full stop and the like before a capital, a digit, a quote or a bracket.
_END = re.compile(
    r"(?<=[.!?])[\"'\u201d\u2019)\]*_]*\s+(?=[\"'\u201c\u2018(\[*_]*[^\W_a-z])"
    r"|\n\s*\n|(?<=[\u3002\uff01\uff1f])"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|Dr|Mr|Mrs|Ms|Prof|Inc|Ltd|Co|Corp|No|Fig|Sec|St|Jr|Sr|approx"
    r"|z\.\s?B|d\.\s?h|u\.\s?a|bzw|inkl|exkl|zzgl|ggf|vgl|Mio|Mrd|Tsd|Mme|Mlle|Sra|Dra|[A-Z]))\.$"
)
# Ends no sentence before a number: 'Apr. 3', 'Art. 5'.
_COUNTED = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Okt|Nov|Dec|Dez|Art|Abs|Nr|Kap|Ziff|Bd|Tel|ca|Abb"
    r"|pp?|Vol|Eqs?|Ch|Chap|Figs|Nos|Sect?|n\u00fam|cap)\.$",
    re.IGNORECASE,
)
# '25. November' is a date, in German and the languages of the North.
_ORDINAL = re.compile(r"\b\d{1,2}\.$")
_MONTH = re.compile(
    r"(?:Jan|Feb|M\u00e4r|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-z\u00e4]{0,6}\b", re.IGNORECASE
)
# '1. Open the settings': the number of a list's item, where it begins one.
_ITEM_NUMBER = re.compile(r"\s*(\d{1,3})[.)]")

# Paragraphs, and lines that begin a list item, a heading or a row of a table.
_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+•]|\d{1,3}[.)]|#{1,6}|\|)\s?)")
# A look further back finds nothing, and would make a long text of abbreviations quadratic.
_LONGEST_ABBREVIATION = 8


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of each sentence, without the white space around it; list items stand alone."""
    for line_start, line_end in _blocks(text):
        start = line_start
        for found in _END.finditer(text, line_start, line_end):
            before = (max(start, found.start() - _LONGEST_ABBREVIATION), found.start())
            if _ABBREVIATION.search(text, *before):
                continue
            if text[found.end() : found.end() + 1].isdigit() and _COUNTED.search(text, *before):
                continue
            if start == line_start and _ITEM_NUMBER.fullmatch(text, start, found.start()):
                continue
            if _ORDINAL.search(text, *before) and _MONTH.match(text, found.end()):
                continue
            yield from _trimmed(text, start, found.end())
            start = found.end()
        yield from _trimmed(text, start, line_end)


def item_number(text: str) -> tuple[int, int] | None:
    """The number that a list's item begins with, and where it ends; none of what is a date."""
    found = _ITEM_NUMBER.match(text)
    if found is None or not text[found.end() : found.end() + 1].isspace():
        return None
    end = len(text) - len(text[found.end() :].lstrip())
    return None if _MONTH.match(text, end) else (int(found.group(1)), end)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs, list items, headings and table rows."""
    start = 0
    for found in _BLOCK.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    stripped = text[start:end].strip()
    if stripped:
        begin = start + text[start:end].index(stripped[0])
        yield begin, begin + len(stripped)
