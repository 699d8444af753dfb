"""Gives RTF's paragraphs signs that outlive the way to plain text: where they end, what they are.

striprtf knows code pages, escapes and what is no text, but drops all structure. So each control
word that carries some is replaced by a private character, which passes as any other does.
"""

import re

# Private characters (U+E000 and up); styles and levels add their number.
RESET, PARAGRAPH, CELL, ROW, NOTE, NOTE_END, IN_TABLE, LISTED = map(chr, range(0xE000, 0xE008))
LEVEL, NESTING, STYLE = 0xE010, 0xE020, 0xE100
LEVELS, STYLES = 9, 2_000

_SIGNS = {
    "pard": RESET,
    "par": PARAGRAPH,
    "cell": CELL,
    "row": ROW,
    "intbl": IN_TABLE,
    "ls": LISTED,
}
_NUMBERED = {"outlinelevel": (LEVEL, LEVELS), "ilvl": (NESTING, LEVELS), "s": (STYLE, STYLES)}
# An escaped backslash is taken first, so that the words after it stay words.
_WORD = re.compile(
    r"\\\\|\\(pard|par|cell|row|intbl|ls|outlinelevel|ilvl|s|nestcell|nestrow|field|uc)"
    r"(\d{1,6})?(?![a-zA-Z0-9-]) ?"
)
_FOOTNOTE = re.compile(r"(?<!\\\*)\\footnote(?![a-zA-Z0-9])")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BINARY = re.compile(r"\\bin(\d{1,9}) ?")
# The digits of a picture, up to the end of its group.
_PICTURE = re.compile(r"(?<![0-9a-fA-F\r\n])[0-9a-fA-F\r\n]{256,}(?=\})")
_HIGH = re.compile(r"[\x80-\xff]")
# The second half of a character of two bytes may be written plainly, as in `\'83e`.
_PLAIN_HALF = re.compile(r"(\\'[89a-fA-F][0-9a-fA-F])([@-Z\[\]^-z|~])")
_STYLESHEET = re.compile(r"\{\\stylesheet")
_STYLE_ENTRY = re.compile(r"\{\\s(\d{1,4})(?!\d)([^{}]*(?:\{[^{}]*\}[^{}]*)*);\s*\}")
_STYLE_LEVEL = re.compile(r"\\outlinelevel([0-8])(?!\d)|\bheading (\d)\b", re.IGNORECASE)
_HEADER = re.compile(r"\{\\rtf\d*")
_FONTS = re.compile(r"\{\\fonttbl")
_FONT = re.compile(r"\\f(\d{1,6})(?!\d)|\\fcharset(\d{1,3})(?!\d)")
# Default and symbols: the code page of the file.
_OF_THE_FILE = (1, 2)
_TITLE = re.compile(r"\{\\title ([^{}]{1,1000})\}")
_MAX_STYLESHEET_CHARS = 300_000
_MAX_FONTS_CHARS = 300_000
_MAX_NOTE_CHARS = 50_000
# Fonts of the first Macintosh by the code page that Python has instead.
_FONT_CHARSETS = {78: 128, 79: 136, 80: 129, 82: 177, 85: 134, 86: 238, 87: 222, 88: 238, 89: 238}


def marked(content: bytes) -> str:
    """The source with signs for its structure, without pictures, in seven-bit characters."""
    source = _PICTURE.sub("", _without_binary(content.decode("latin-1")))
    source = _HIGH.sub(lambda found: f"\\'{ord(found.group()):02x}", source)
    # A letter that is none still reads the same in every code page.
    source = _PLAIN_HALF.sub(lambda found: f"{found[1]}\\'{ord(found[2]):02x}", source)
    return _WORD.sub(_signed, _with_notes(_with_plain_fonts(source)))


def heading_styles(source: str) -> dict[int, int]:
    """The level from 0 of each style that makes a heading, by the style's number."""
    found = _STYLESHEET.search(source)
    if not found:
        return {}
    sheet = source[found.start() : _end_of_group(source, found.end(), _MAX_STYLESHEET_CHARS)]
    levels: dict[int, int] = {}
    for number, entry in _STYLE_ENTRY.findall(sheet):
        if level := _STYLE_LEVEL.search(entry):
            levels[int(number)] = int(level.group(1) or int(level.group(2)) - 1)
    return levels


def title_source(source: str) -> str | None:
    """What stands in the file's properties as title, escapes and all."""
    found = _TITLE.search(source)
    return found.group(1) if found else None


def _signed(found: re.Match[str]) -> str:
    word, number = found.group(1), found.group(2)
    if word in _NUMBERED:
        first, count = _NUMBERED[word]
        return _sign(chr(first + int(number))) if number and int(number) < count else ""
    if word in _SIGNS:
        return _sign(_SIGNS[word])
    if word == "uc":
        return f"\\uc{number or 1} "
    # A table within a cell is text of that cell; a field shows its result only.
    replaced = {"nestcell": " ", "nestrow": "\\line ", "field": ""}
    return replaced.get(word, found.group())


def _sign(character: str) -> str:
    """In a group of its own, so that nothing after it is taken for its plain form."""
    return f"{{\\uc0\\u{ord(character)} }}"


def _with_plain_fonts(source: str) -> str:
    """The fonts' numbers and charsets, one a line: all that is needed of them, and easy to read."""
    found = _FONTS.search(source)
    if not found:
        return source
    end = _end_of_group(source, found.end(), _MAX_FONTS_CHARS)
    lines: list[str] = []
    number = ""
    for font, written in _FONT.findall(source, found.start(), end):
        number = font or number
        if number and written and (charset := int(written)) not in _OF_THE_FILE:
            charset = _FONT_CHARSETS.get(charset, charset)
            lines.append(f"{{\\f{number}\\fcharset{charset} x;}}")
    # A second table is left out, as that of the colours is.
    rest = source.replace("\\fonttbl", "\\colortbl")
    fonts = "{\\fonttbl" + "\n".join(lines) + "}"
    return _HEADER.sub(lambda header: header.group() + fonts, rest, count=1)


def _with_notes(source: str) -> str:
    """Footnotes between signs, where they would be dropped as what stands outside the text."""
    parts: list[str] = []
    position = 0
    # Behind a note without an end none is looked for within what was read in vain.
    looked = 0
    for found in _FOOTNOTE.finditer(source):
        if found.start() < max(position, looked):
            continue
        end = _end_of_group(source, found.end(), _MAX_NOTE_CHARS)
        if end == found.end():
            looked = end + _MAX_NOTE_CHARS
            continue
        parts += [source[position : found.start()], _sign(NOTE), source[found.end() : end - 1]]
        parts += [_sign(NOTE_END), "}"]
        position = end
    return "".join([*parts, source[position:]])


def _end_of_group(source: str, position: int, longest: int) -> int:
    """Behind the brace that closes the group in which the position is."""
    depth = 1
    for brace in _BRACE.finditer(source, position, min(len(source), position + longest)):
        depth += {"{": 1, "}": -1}.get(brace.group(), 0)
        if not depth:
            return brace.end()
    return position


def _without_binary(source: str) -> str:
    parts: list[str] = []
    position = 0
    while found := _BINARY.search(source, position):
        parts.append(source[position : found.start()])
        position = min(len(source), found.end() + int(found.group(1)))
    return "".join([*parts, source[position:]])
