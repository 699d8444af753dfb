"""Where the quote of a claim stands in the passage that it names."""

import re

from footnote.answering.draft import Claim
from footnote.answering.folding import UNSPACED
from footnote.answering.source import Source, source_of
from footnote.answering.verbatim import find_verbatim
from footnote.domain.answer import Citation, CitationStatus
from footnote.domain.passage import Passage

# A quote shorter than this stands nearly everywhere, so it supports nothing; one that is longer
# holds so many words that anything could be said with them.
SHORTEST_QUOTE_WORDS = 3
LONGEST_QUOTE_CHARS = 1200

# Quotation marks and dots around a quote say that it goes on, and are no part of it.
_AROUND = re.compile(r"^[\s\"\u201c]*(?:\.{3}|\u2026)\s*|\s*(?:\.{3}|\u2026)[\s\"\u201d]*$|^\"|\"$")

type Located = tuple[Citation, Source]


def locate(claim: Claim, passage: Passage, sentence: str) -> Located | None:
    """Where a claim's quote stands in the passage that it names, and what it tells there."""
    quote = claim.quote
    # A word in these scripts has about two characters.
    words = len(quote.split()) + len(UNSPACED.findall(quote)) // 2
    if words < SHORTEST_QUOTE_WORDS or len(quote) > LONGEST_QUOTE_CHARS:
        return None
    span = find_verbatim(quote, passage.text)
    span = span or find_verbatim(_AROUND.sub("", quote), passage.text)
    if span is None:
        return None
    start, end = span
    return citation_at(passage, start, end), source_of(passage, start, end, sentence)


def citation_at(passage: Passage, start: int, end: int) -> Citation:
    """A citation of the quote at `start`..`end` of a passage's text, unverified, without marker."""
    return Citation(
        marker=0,
        document_id=passage.document_id,
        key=passage.key,
        version_id=passage.version_id,
        title=passage.title,
        url=passage.url,
        page=passage.page_at(start),
        heading_path=passage.heading_path,
        quote=passage.text[start:end],
        start=passage.start + start,
        end=passage.start + end,
        status=CitationStatus.UNVERIFIED,
    )
