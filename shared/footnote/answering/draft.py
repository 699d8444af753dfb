"""Reads what a model wrote: sentences, each with the quotes that it claims to rest on."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from footnote.domain.sentences import sentence_spans

DECLINE = "NOT IN THE DOCUMENTS"
# [2: "exact words"], the words as in a JSON string; models forget escapes, so these are optional:
# it ends at the first quotation mark with a bracket behind it, and never runs into the next claim.
# Some write 'Passage 2', or the quotation marks of their language.
NAMED = r"\[(?:[Pp]assage\s)?"
OPENING, _CLOSING = '["\u201c\u201e\u00ab]', '["\u201d\u201c\u00bb]'
CLAIM = re.compile(
    rf"{NAMED}(\d{{1,3}})\s*:\s*{OPENING}"
    rf"((?:\\.|(?!{NAMED}\d{{1,3}}\s*:\s*{OPENING})[^\\])*?){_CLOSING}\s*\]",
    re.DOTALL,
)
# What a model meant as a claim but did not write as one.
_BROKEN_CLAIM = re.compile(rf"\s*{NAMED}\d{{1,3}}\s*:[^\]]*\]")
# What is left of a claim in too many brackets, or of a quote with brackets of its own.
_LEFT_OF_CLAIM = re.compile(r"^\s*(?:[\"\u201d]\s*)?\]+|(?<!\[)\[+\s*$")
_FENCED = re.compile(r"^(```+|~~~+)[^\n]*\n.*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_LIST_SIGN = re.compile(r"\s*(?:[-*+\u2022]|\d{1,3}[.)])\s")
# Characters, quotes included: some four times what an answer may hold.
LONGEST_DRAFT = 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A model's word that `quote` stands in the passage with this number (from 1)."""

    number: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """One sentence and the claims that it rests on; without any, nothing supports it.

    `gap` is what stands between it and the one before: a space, a new line or a blank line. A
    fenced block of code is a sentence too.
    """

    text: str
    claims: tuple[Claim, ...]
    gap: str = " "

    @property
    def is_code(self) -> bool:
        """Whether this is a fenced block of code."""
        return _FENCED.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a model wrote; `truncated` where it did not come to an end within the limit."""

    sentences: tuple[DraftSentence, ...]
    truncated: bool = False


def read_draft(text: str, *, truncated: bool = False) -> Draft:
    """The sentences of a model's reply; none where it says that the documents do not tell."""
    endless = len(text) > LONGEST_DRAFT
    text = text[:LONGEST_DRAFT]
    sentences: list[DraftSentence] = []
    at = 0
    for run in _runs(text):
        claims = tuple(read_claim(found) for found in run)
        sentences.extend(read_sentences(text[at : run[0].start()], claims))
        at = run[-1].end()
    sentences.extend(read_sentences(text[at:], ()))
    return Draft(sentences=tuple(sentences), truncated=truncated or endless)


def read_sentences(said: str, claims: tuple[Claim, ...]) -> Iterator[DraftSentence]:
    """What was said up to some claims, which support the sentence before them and no other."""
    said = _BROKEN_CLAIM.sub("", _LEFT_OF_CLAIM.sub("", said))
    found: list[tuple[str, str]] = []
    end = 0
    for start, behind in _spans(said):
        text = said[start:behind]
        # A full stop behind the claims of the sentence before is no sentence.
        if text.strip(" .,;:!?") and not says_decline(text):
            found.append((_gap(said[end:start], text), text))
        end = behind
    for gap, text in found[:-1]:
        yield DraftSentence(text=text, claims=(), gap=gap)
    for gap, text in found[-1:]:
        yield DraftSentence(text=text, claims=claims, gap=gap)


def _spans(said: str) -> Iterator[tuple[int, int]]:
    """Sentences, and blocks of code as a whole."""
    at = 0
    for block in _FENCED.finditer(said):
        yield from (
            (at + start, at + end) for start, end in sentence_spans(said[at : block.start()])
        )
        yield block.span()
        at = block.end()
    yield from ((at + start, at + end) for start, end in sentence_spans(said[at:]))


def _gap(between: str, text: str) -> str:
    if between.count("\n") > 1:
        return "\n\n"
    own_line = _LIST_SIGN.match(text) or text.startswith(("```", "~~~"))
    return "\n" if own_line and "\n" in between else " "


def says_decline(text: str) -> bool:
    """Whether a model wrote that it declines, and nothing else."""
    return text.strip(" \n\t.\"'*").casefold() == DECLINE.casefold()


def _runs(text: str) -> list[list[re.Match[str]]]:
    """Claims that follow each other with nothing but white space and commas between."""
    runs: list[list[re.Match[str]]] = []
    for found in CLAIM.finditer(text):
        if runs and not text[runs[-1][-1].end() : found.start()].strip(" \n\t,;"):
            runs[-1].append(found)
        else:
            runs.append([found])
    return runs


def read_claim(found: re.Match[str]) -> Claim:
    """The claim that a match of `CLAIM` holds."""
    raw = found.group(2)
    try:
        quote = str(json.loads(f'"{raw}"', strict=False))
    except ValueError:
        quote = raw
    return Claim(number=int(found.group(1)), quote=quote)
