"""Answers and citations: what a question gets back."""

from dataclasses import dataclass
from enum import StrEnum

from footnote.domain.document import DocumentId


class AnswerStatus(StrEnum):
    """Whether the documents answered."""

    ANSWERED = "answered"
    DECLINED = "declined"


class CitationStatus(StrEnum):
    """How far a quote bears out its sentence.

    `verified`: the sentence says what the quote says, in nearly its words. `unverified`: the quote
    is verbatim and nothing contradicts it, but the sentence puts it in other words.
    """

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class RemovalReason(StrEnum):
    """Why a sentence that a model wrote is not in the answer."""

    UNCITED = "uncited"  # it names no source
    UNKNOWN_PASSAGE = "unknown_passage"  # its source was not retrieved
    NOT_VERBATIM = "not_verbatim"  # its quote does not stand in the passage, or is no quote
    NUMBER = "number"  # a number or its unit is not in the quote
    DATE = "date"  # a date or time of day is not in the quote
    NAME = "name"  # a name or identifier is neither in the quote nor in the headings
    NEGATION = "negation"  # one of them negates what the other does not
    UNANCHORED = "unanchored"  # its words have too little to do with the quote
    UNSAFE = "unsafe"  # a link, a tag or a script that the quote does not hold
    TOO_LONG = "too_long"  # the sentence has no end


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
    answer after the sentence that the quote supports; in an output it supports the value at the
    JSON pointer `field`.
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
    status: CitationStatus
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The text with its `[marker]`s, and the citations that they point to.

    `removed` holds a reason for each sentence that was left out; `truncated` says that the model
    had more to say than an answer may hold. `output` is the value that a schema was given for; the
    text is then the same as JSON.
    """

    status: AnswerStatus
    text: str
    citations: tuple[Citation, ...]
    removed: tuple[RemovalReason, ...] = ()
    truncated: bool = False
    output: object = None

    @property
    def failed_verification(self) -> bool:
        """Whether a sentence claimed a source that does not bear it out."""
        return any(reason is not RemovalReason.UNCITED for reason in self.removed)
