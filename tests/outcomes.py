"""Outcomes of questions, as evaluations get them from the API."""

from collections.abc import Sequence

from footnote.evaluation.outcome import Cited, Found, FoundPassage, Outcome, Said
from footnote.evaluation.question_set import Origin, Question
from footnote.evaluation.run_file import Run

RUN = Run(
    knowledge_base="help",
    searches_only=False,
    version="1",
    embedding_model="local",
    generation_model="extractive",
)
BACKUPS = "Backups are kept for thirty days in every region."


def question(
    name: str = "q1",
    *,
    gold: Sequence[str] = ("a.md",),
    answerable: bool = True,
    origin: Origin = Origin.OWN,
) -> Question:
    """A question about backups."""
    return Question(
        question_id=name,
        text="How long are backups kept?",
        answers=("thirty days",) if answerable else (),
        answerable=answerable,
        gold_documents=tuple(gold) if answerable else (),
        gold_texts=(BACKUPS,) if answerable else (),
        cluster=gold[0] if gold else name,
        origin=origin,
    )


def passage(document: str, text: str = BACKUPS) -> FoundPassage:
    """A passage of a document."""
    return FoundPassage(document=document, title=document, page=None, score=0.5, text=text)


def found(*documents: str, gold_chunks: int | None = 1, in_corpus: float | None = 0.9) -> Found:
    """A search that found one passage of each document, in this order."""
    return Found(
        passages=tuple(passage(name) for name in documents),
        documents=documents,
        gold_chunks=gold_chunks,
        in_corpus=in_corpus,
        outside_ms=20.0,
    )


def cited(document: str, *, verbatim: bool = True, verified: bool | None = None) -> Cited:
    """A citation of a document."""
    return Cited(document=document, quote=BACKUPS, verbatim=verbatim, verified=verified)


def said(
    answer: str | None = f"{BACKUPS} [1]",
    *citations: Cited,
    in_corpus: float | None = 0.9,
    outside_ms: float = 100.0,
    cost_usd: float | None = 0.0,
) -> Said:
    """An answer with its citations; None is a decline."""
    return Said(
        answered=answer is not None,
        answer=answer or "The documents do not say.",
        citations=citations,
        in_corpus=in_corpus,
        model="extractive",
        input_tokens=100,
        output_tokens=10,
        cost_usd=cost_usd,
        timings_ms={"retrieval": outside_ms / 4, "answer": outside_ms / 2},
        outside_ms=outside_ms,
    )


def outcome(
    asked: Question, there: Found | None = None, reply: Said | None = None, error: str | None = None
) -> Outcome:
    """What became of a question."""
    return Outcome(question=asked, found=there, said=reply, error=error)
