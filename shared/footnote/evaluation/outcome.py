"""What happened to one question: what was found and what was said, as the API told it."""

from collections.abc import Iterable
from dataclasses import dataclass

from footnote.evaluation.question_set import Question
from footnote.evaluation.tone import JudgedTone
from footnote.evaluation.wording import without_markers

# Passages of which the text is kept, and the depth of the measures that have one.
DEPTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """One passage; `document` is its key without the knowledge base."""

    document: str
    title: str
    page: int | None
    score: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A search: its first passages, and the documents of all of them, each once, best first.

    `gold_chunks` is how many chunks of the gold documents hold the gold text; None where there is
    no gold text, or nothing of it in the index.
    """

    passages: tuple[FoundPassage, ...]
    documents: tuple[str, ...]
    gold_chunks: int | None
    in_corpus: float | None
    outside_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation; `verbatim` is whether its quote stands in a chunk of the document it names.

    `verified` is what the API says of it, None where it says nothing.
    """

    document: str
    quote: str
    verbatim: bool
    verified: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer, or a decline; milliseconds by step as the API measured them, and from outside.

    `fits`: whether what was written is what the question's schema asks for. None where there is no
    schema, or a decline.
    """

    answered: bool
    answer: str
    citations: tuple[Cited, ...]
    in_corpus: float | None
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    timings_ms: dict[str, float]
    outside_ms: float
    fits: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A question and what became of it; `error` where the API refused it to the end.

    `tone` is what a model said of the answer, where one was asked to judge.
    """

    question: Question
    found: Found | None = None
    said: Said | None = None
    error: str | None = None
    tone: JudgedTone | None = None

    @property
    def told(self) -> str:
        """The answer without its markers, JSON as it is; nothing where there is none."""
        if self.said is None or not self.said.answered:
            return ""
        is_json = self.question.output_schema is not None
        return self.said.answer if is_json else without_markers(self.said.answer)

    @property
    def in_corpus(self) -> float | None:
        """How likely the API thought it (0..1) that the documents speak of the question."""
        told = [part.in_corpus for part in (self.said, self.found) if part is not None]
        return next((score for score in told if score is not None), None)


def document_names(keys: Iterable[str]) -> tuple[str, ...]:
    """Documents as question sets name them, each once: their keys without the knowledge base."""
    return tuple(dict.fromkeys(key.partition("/")[2] for key in keys))
