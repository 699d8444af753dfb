"""Answers that models wrote before, with what each of them rests on."""

from dataclasses import dataclass

from footnote.domain.answer import CitationStatus, RemovalReason
from footnote.domain.document import DocumentId, KnowledgeBaseId
from footnote.domain.question import QuestionId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCitation:
    """A citation by the chunks that its quote stands in, wherever the document has them now.

    `chunks` are their content hashes, in order; `offset` is the quote's in the text that they make.
    """

    marker: int
    document_id: DocumentId
    chunks: tuple[bytes, ...]
    offset: int
    quote: str
    status: CitationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer, who wrote it, and the content hashes of all chunks that the model had read.

    It goes with the question that it was written for.
    """

    text: str
    citations: tuple[KeptCitation, ...]
    removed: tuple[RemovalReason, ...]
    read: frozenset[bytes]
    model: str
    checkpoint: str | None
    question_id: QuestionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKey:
    """What an answer is kept under: `digest` is that of all that was asked, and of whom."""

    kb: KnowledgeBaseId
    index_id: int
    digest: bytes
