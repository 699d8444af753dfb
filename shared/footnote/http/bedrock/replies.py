"""What was found and answered, in the form of Bedrock's agent runtime."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from footnote.domain.passage import Passage
from footnote.http.citing import Markers, markers_in
from footnote.http.contracts import AskReply, CitationReply

type Json = dict[str, Any]
type Attributes = Mapping[str, Json]

_OWN = "x-amz-bedrock-kb-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where documents lie, and what their sidecars say, as far as the caller may know.

    The name of a deployment's bucket holds that of its account.
    """

    bucket: str | None
    attributes: Attributes

    def location(self, key: str) -> Json:
        """Where a document is; without a bucket, what it is called."""
        uri = self._uri(key)
        if uri is None:
            return {"type": "CUSTOM", "customDocumentLocation": {"id": key}}
        return {"type": "S3", "s3Location": {"uri": uri}}

    def _uri(self, key: str) -> str | None:
        return None if self.bucket is None else f"s3://{self.bucket}/{key}"

    def metadata(self, source: Passage | CitationReply, **more: object) -> Json:
        """What is known of a document; a sidecar cannot say what is said here of it."""
        known = {
            "title": source.title,
            "url": source.url,
            "heading_path": list(source.heading_path) or None,
            f"{_OWN}source-uri": self._uri(source.key),
            f"{_OWN}document-page-number": source.page,
            **more,
        }
        told = {name: value for name, value in known.items() if value is not None}
        return {**self.attributes.get(source.document_id, {}), **told}


def retrieved(passages: Sequence[Passage], shelf: Shelf, next_token: str | None) -> Json:
    """`RetrieveResponse`."""
    results = [
        {
            "content": {"type": "TEXT", "text": passage.text},
            "location": shelf.location(passage.key),
            "score": passage.score,
            "documentId": passage.document_id,
            "metadata": shelf.metadata(
                passage, **{f"{_OWN}chunk-id": f"{passage.document_id}#{passage.ordinal}"}
            ),
        }
        for passage in passages
    ]
    more = {"nextToken": next_token} if next_token else {}
    return {"retrievalResults": results} | more


def generated(reply: AskReply, shelf: Shelf) -> Json:
    """`RetrieveAndGenerateResponse`: the answer without markers, and what they stood behind."""
    cited = {citation.marker: citation for citation in reply.citations}
    marked = markers_in(reply.answer, cited)
    text, parts = _without(reply.answer, marked)
    citations = [
        {
            "generatedResponsePart": {
                "textResponsePart": {
                    "text": text[part.start : part.end],
                    "span": {"start": part.start, "end": part.end},
                }
            },
            "retrievedReferences": [_reference(cited[marker], shelf) for marker in part.markers],
        }
        for part in parts
    ]
    return {
        "sessionId": reply.conversation_id,
        "output": {"text": text},
        "citations": citations,
    }


def _reference(citation: CitationReply, shelf: Shelf) -> Json:
    """A source: its text is the quote that was checked."""
    return {
        "content": {"type": "TEXT", "text": citation.quote},
        "location": shelf.location(citation.key),
        "metadata": shelf.metadata(citation, citation_status=citation.status),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """`text[start:end]` of the answer without markers rests on these."""

    start: int
    end: int
    markers: tuple[int, ...]


def _without(answer: str, marked: Sequence[Markers]) -> tuple[str, list[_Part]]:
    bounds = [Markers(start=0, end=0, numbers=()), *marked]
    text, parts = "", []
    for before, here in pairwise(bounds):
        piece = answer[before.end : here.start]
        begin = len(text) + len(piece) - len(piece.lstrip())
        text += piece
        parts.append(_Part(start=begin, end=len(text), markers=here.numbers))
    return text + answer[bounds[-1].end :], parts
