"""Text that no reader's browser can be harmed by: plain, with bold, code and lists at most."""

import re
import unicodedata

_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*"
    r"(?:\x07|\x1b\\|\x9c)?|\x1b.?",
    re.DOTALL,
)
# Characters that show nothing, besides those of the categories for controls and formats.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn"}
_STACKED_MARKS = re.compile(r"((?:[^\W\d_]|[\u0300-\u036f])[\u0300-\u036f]{2})[\u0300-\u036f]+")
_LINK_TARGET = (
    r"\(\s*(?:<([^<>\n]*)>|([^()\s]*(?:\([^()\s]*\)[^()\s]*)*))(?:\s+[\"'(][^\n]*?[\"')])?\s*\)"
)
_IMAGE = re.compile(r"!\[([^\[\]]*)\](?:" + _LINK_TARGET + r"|\s?\[[^\[\]]*\])")
_LINK = re.compile(r"\[([^\[\]]*)\]" + _LINK_TARGET)
_REFERENCE = re.compile(r"\[([^\[\]\n]+)\]\s?\[[^\[\]\n]*\](?!\d)")
_DEFINITION = re.compile(r"^\s{0,3}\[([^\[\]\n]+)\]:\s*", re.MULTILINE)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+|[^<>\s@]+@[^<>\s@]+)>", re.IGNORECASE)
# A tag, a comment or a declaration can only begin so (CommonMark 0.31, 6.6).
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_TAG = re.compile(r"\u2039(/?[A-Za-z][^<>\u2039\u203a]*)>")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_ACTIVE_SCHEME = re.compile(r"\b(javascript|vbscript|data|file|blob)\s*:", re.IGNORECASE)
_LEADING = re.compile(r"^[ \t]*(?:(?:#{1,6}|>+)[ \t]+)+", re.MULTILINE)
_URL = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,30}://|(?<!\w)//(?=[\w-]+\.)|\bwww\.|\b(?:mailto|tel):)[^\s<>\"'`\u2039\u203a|\\^{}]+",
    re.IGNORECASE,
)
_BEHIND_URL = ".,;:!?'\"*_~"
# What may look like one of our markers: any bracket with a number in it, and numbers in a ring.
_BRACKETED = re.compile(
    r"[\[\uff3b\u3010\u3014\u3016\u27e6\u2772\u2045\ufe5d\u301a]\s*\^?\s*(?:\d\s*){1,4}"
    r"[\]\uff3d\u3011\u3015\u3017\u27e7\u2773\u2046\ufe5e\u301b]"
)
_RINGED = re.compile(r"[\u2460-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf]")
_RAISED_BEHIND_WORD = re.compile(r"(?<=[.!?])[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+")


def plain(text: str) -> str:
    """The text without links, images, tags, escapes and characters that show nothing.

    Links leave their text, and their address behind it in brackets where it is a whole one. Signs
    that could open a tag stay readable, but are other characters.
    """
    text = _visible(text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(_link_as_text, text)
    text = _REFERENCE.sub(r"\1", text)
    text = _DEFINITION.sub(r"\1: ", text)
    text = _AUTOLINK.sub(r"\1", text)
    text = _TAG.sub("\u2039\\1\u203a", _TAG_START.sub("\u2039", text))
    text = _ACTIVE_SCHEME.sub(r"\1 :", _ENTITY.sub("\uff06", text))
    return _LEADING.sub("", text)


def without_markers(text: str, quotes: str) -> str:
    """The text without anything that looks like a marker, unless the quotes hold just that."""

    def kept(found: re.Match[str]) -> str:
        glued = re.search(r"[\w\])]$", text[: found.start()])
        if not glued:
            return ""
        word = re.search(r"[\w.\])]*$", text[: found.start()])
        literal = (word.group() if word else "") + found.group()
        return found.group() if literal in quotes else ""

    text = _BRACKETED.sub(kept, text)
    for pattern in (_RINGED, _RAISED_BEHIND_WORD):
        text = pattern.sub("", text)
    return re.sub(r"[ \t]+(?=[.,;:!?](?:\s|$))|[ \t]+$", "", text)


def addresses(text: str) -> set[str]:
    """Every address that the text names, without the punctuation behind it."""
    return {_trimmed(found.group()) for found in _URL.finditer(_visible(text))}


def tags(text: str) -> set[str]:
    """What stands in the text where a tag was, lower case."""
    return {found.lower() for found in re.findall("\u2039[^\u2039\u203a]*\u203a?", text)}


def mixes_alphabets(word: str) -> bool:
    """Whether a word has letters of several alphabets that are easily taken for one another."""
    names = {unicodedata.name(sign, "?").split()[0] for sign in word if sign.isalpha()}
    return len(names & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}) > 1


def _visible(text: str) -> str:
    text = _ESCAPE.sub("", text).replace("\r\n", "\n")
    text = re.sub("[\r\u2028\u2029\u0085\x0b\x0c]", "\n", text)
    shown = (
        sign
        for sign in _INVISIBLE.sub("", text)
        if sign in "\n\t" or unicodedata.category(sign) not in _HIDDEN
    )
    return _STACKED_MARKS.sub(r"\1", "".join(shown).replace("\t", " "))


def _link_as_text(found: re.Match[str]) -> str:
    text, target = found.group(1).strip(), (found.group(2) or found.group(3) or "").strip()
    if not _URL.match(target) and not _ACTIVE_SCHEME.match(target):
        return text
    return target if text in ("", target) else f"{text} ({target})"


def _trimmed(address: str) -> str:
    address = address.rstrip(_BEHIND_URL)
    while address.endswith((")", "]")) and address.count(address[-1]) > address.count(
        {")": "(", "]": "["}[address[-1]]
    ):
        address = address[:-1].rstrip(_BEHIND_URL)
    return address
