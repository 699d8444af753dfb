"""Reads what a model wrote: sentences, each with the quotes that it claims to rest on."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from footnote.domain.sentences import sentence_spans

DECLINE = "NOT IN THE DOCUMENTS"
# [2: "exact words"], the words as in a JSON string; models forget escapes, so these are optional:
# it ends at the first quotation mark with a bracket behind it, and never runs into the next claim.
_CLAIM = re.compile(
    r'\[(\d{1,3})\s*:\s*["\u201c]((?:\\.|(?!\[\d{1,3}\s*:\s*["\u201c])[^\\])*?)["\u201d]\s*\]',
    re.DOTALL,
)
# What a model meant as a claim but did not write as one.
_BROKEN_CLAIM = re.compile(r"\s*\[\d{1,3}\s*:[^\]]*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A model's word that `quote` stands in the passage with this number (from 1)."""

    number: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """One sentence and the claims that it rests on; without any, nothing supports it."""

    text: str
    claims: tuple[Claim, ...]


def read_draft(text: str) -> tuple[DraftSentence, ...]:
    """The sentences of a model's reply; none where it says that the documents do not tell."""
    sentences: list[DraftSentence] = []
    at = 0
    for run in _runs(text):
        claims = tuple(_claim(found) for found in run)
        sentences.extend(_sentences(text[at : run[0].start()], claims))
        at = run[-1].end()
    sentences.extend(_sentences(text[at:], ()))
    return tuple(sentences)


def _sentences(said: str, claims: tuple[Claim, ...]) -> Iterator[DraftSentence]:
    """The claims support the sentence before them, and none of those before that."""
    said = _BROKEN_CLAIM.sub("", said)
    texts = [said[start:end] for start, end in sentence_spans(said)]
    # A full stop behind the claims of the sentence before is no sentence.
    texts = [text for text in texts if text.strip(" .,;:!?") and not _declines(text)]
    for text in texts[:-1]:
        yield DraftSentence(text=text, claims=())
    if texts:
        yield DraftSentence(text=texts[-1], claims=claims)


def _declines(text: str) -> bool:
    return text.strip(" \n\t.\"'*").casefold() == DECLINE.casefold()


def _runs(text: str) -> list[list[re.Match[str]]]:
    """Claims that follow each other with nothing but white space and commas between."""
    runs: list[list[re.Match[str]]] = []
    for found in _CLAIM.finditer(text):
        if runs and not text[runs[-1][-1].end() : found.start()].strip(" \n\t,;"):
            runs[-1].append(found)
        else:
            runs.append([found])
    return runs


def _claim(found: re.Match[str]) -> Claim:
    raw = found.group(2)
    try:
        quote = str(json.loads(f'"{raw}"', strict=False))
    except ValueError:
        quote = raw
    return Claim(number=int(found.group(1)), quote=quote)
