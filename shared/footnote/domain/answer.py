"""Answers and citations: what a question gets back."""

from dataclasses import dataclass
from enum import StrEnum

from footnote.domain.document import DocumentId


class AnswerStatus(StrEnum):
    """Whether the documents answered."""

    ANSWERED = "answered"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens that one call to a model took; zero where no model was called."""

    input_tokens: int = 0
    output_tokens: int = 0


NO_TOKENS = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where an answer's sentence comes from.

    `quote` stands verbatim at `start`..`end` of the document's text. `[marker]` stands in the
    answer after the sentence that the quote supports.
    """

    marker: int
    document_id: DocumentId
    key: str
    version_id: str | None
    title: str
    url: str | None
    page: int | None
    heading_path: tuple[str, ...]
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The text with its `[marker]`s, and the citations that they point to."""

    status: AnswerStatus
    text: str
    citations: tuple[Citation, ...]
