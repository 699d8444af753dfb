"""Keeps an answer for the next time that its question is asked, and tells when it still holds.

An answer holds while every chunk that it cites is found for the question as it was, and nothing
that its model had not read comes near them or stands beside them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from footnote.answering.locating import citation_at
from footnote.domain.answer import Answer, AnswerStatus, Citation
from footnote.domain.kept_answer import KeptAnswer, KeptCitation
from footnote.domain.passage import Part, Passage

# A text that contradicts an answer speaks of the same things, so it is found for the question as
# well; it need not be found before what it contradicts. From this share of a cited passage's score
# on, whatever is new is reason enough to ask a model again.
NEAR = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A kept citation in the passages of today."""

    citation: Citation
    passage: Passage
    score: float


def keep(
    answer: Answer, passages: Sequence[Passage], model: str, checkpoint: str | None
) -> KeptAnswer:
    """The answer by the chunks that it cites, of those that the model was given."""
    return KeptAnswer(
        text=answer.text,
        citations=tuple(_kept(citation, passages) for citation in answer.citations),
        removed=answer.removed,
        read=frozenset(part.content_hash for part in _parts(passages)),
        model=model,
        checkpoint=checkpoint,
    )


def told_again(kept: KeptAnswer, passages: Sequence[Passage]) -> Answer | None:
    """The answer with its citations as the documents stand now; None where it holds no longer."""
    found: list[_Found] = []
    for citation in kept.citations:
        place = _find(citation, passages)
        if place is None:
            return None
        found.append(place)
    if not found or _has_news(kept, found, passages):
        return None
    return Answer(
        status=AnswerStatus.ANSWERED,
        text=kept.text,
        citations=tuple(place.citation for place in found),
        removed=kept.removed,
    )


def _has_news(kept: KeptAnswer, found: Sequence[_Found], passages: Sequence[Passage]) -> bool:
    """Whether there is what the model had not read: beside what it cites, or nearly as high.

    A reranker's order is not that of the scores: what stands before a cited passage counts as well.
    """
    cited = [place.passage for place in found]
    near = NEAR * min(place.score for place in found)
    last = max(passages.index(passage) for passage in cited)
    high = (
        part
        for at, passage in enumerate(passages)
        for part in passage.chunks()
        if part.score is not None and (at < last or part.score >= near)
    )
    return any(
        part.content_hash not in kept.read for parts in (_parts(cited), high) for part in parts
    )


def _kept(citation: Citation, passages: Sequence[Passage]) -> KeptCitation:
    passage = next(one for one in passages if _holds(one, citation))
    spanned = [
        part
        for part in passage.chunks()
        if part.start < citation.end and citation.start < part.start + len(part.text)
    ]
    return KeptCitation(
        marker=citation.marker,
        document_id=citation.document_id,
        chunks=tuple(part.content_hash for part in spanned),
        offset=citation.start - spanned[0].start,
        quote=citation.quote,
        status=citation.status,
    )


def _holds(passage: Passage, citation: Citation) -> bool:
    start, end = citation.start - passage.start, citation.end - passage.start
    same = passage.document_id == citation.document_id
    return same and start >= 0 and passage.text[start:end] == citation.quote


def _find(kept: KeptCitation, passages: Sequence[Passage]) -> _Found | None:
    """Where the document has the cited chunks now, side by side; None where it has not."""
    for passage in passages:
        parts = passage.chunks() if passage.document_id == kept.document_id else ()
        for at, part in enumerate(parts):
            run = tuple(one.content_hash for one in parts[at : at + len(kept.chunks)])
            start = part.start - passage.start + kept.offset
            end = start + len(kept.quote)
            if run == kept.chunks and passage.text[start:end] == kept.quote:
                citation = citation_at(passage, start, end)
                score = passage.score if part.score is None else part.score
                return _Found(
                    citation=replace(citation, marker=kept.marker, status=kept.status),
                    passage=passage,
                    score=score,
                )
    return None


def _parts(passages: Sequence[Passage]) -> Iterator[Part]:
    for passage in passages:
        yield from passage.chunks()
