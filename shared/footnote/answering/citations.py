"""Turns a draft into an answer: only what is found in the passages stays."""

import re
from collections.abc import Sequence
from dataclasses import replace

from footnote.answering.draft import Claim, DraftSentence
from footnote.answering.verbatim import find_verbatim
from footnote.domain.answer import Answer, AnswerStatus, Citation
from footnote.domain.passage import Passage

DECLINED = Answer(status=AnswerStatus.DECLINED, text="The documents do not say.", citations=())
# A quote shorter than this stands nearly everywhere, so it supports nothing.
SHORTEST_QUOTE_WORDS = 3
# Not the index of an array: a marker stands behind a space or the end of a sentence.
_BARE_MARKER = re.compile(r"(?:\s+|(?<=[.!?,;:]))\[\d{1,3}\]")


def cite(draft: Sequence[DraftSentence], passages: Sequence[Passage]) -> Answer:
    """The answer that the passages support, with a marker after each of its sentences.

    A claim counts where its quote stands verbatim in the passage that it names; a sentence without
    such a claim is left out; where none remains, the answer is a decline.
    """
    kept: list[str] = []
    citations: list[Citation] = []
    for sentence in draft:
        found = [
            citation
            for claim in sentence.claims
            if (citation := _verified(claim, passages)) is not None
        ]
        if not found:
            continue
        markers = dict.fromkeys(_marker(citation, citations) for citation in found)
        text = _BARE_MARKER.sub("", sentence.text)
        kept.append(text + "".join(f" [{marker}]" for marker in markers))
    if not kept:
        return DECLINED
    return Answer(status=AnswerStatus.ANSWERED, text=" ".join(kept), citations=tuple(citations))


def _verified(claim: Claim, passages: Sequence[Passage]) -> Citation | None:
    if not 1 <= claim.number <= len(passages) or len(claim.quote.split()) < SHORTEST_QUOTE_WORDS:
        return None
    passage = passages[claim.number - 1]
    span = find_verbatim(claim.quote, passage.text)
    if span is None:
        return None
    start, end = span
    return Citation(
        marker=0,
        document_id=passage.document_id,
        key=passage.key,
        version_id=passage.version_id,
        title=passage.title,
        url=passage.url,
        page=passage.page,
        heading_path=passage.heading_path,
        quote=passage.text[start:end],
        start=passage.start + start,
        end=passage.start + end,
    )


def _marker(citation: Citation, citations: list[Citation]) -> int:
    """The marker of a citation, which is added to `citations` unless it stands there already."""
    for known in citations:
        if replace(citation, marker=known.marker) == known:
            return known.marker
    citations.append(replace(citation, marker=len(citations) + 1))
    return len(citations)
