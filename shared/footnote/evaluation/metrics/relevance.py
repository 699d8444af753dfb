"""Which documents and passages of a search are right."""

from footnote.evaluation.outcome import Outcome
from footnote.evaluation.wording import holds_gold


def document_relevance(outcome: Outcome) -> tuple[list[bool], int] | None:
    """Which of the documents found are gold, best first, and how many gold ones there are."""
    gold = set(outcome.question.gold_documents)
    if outcome.found is None or not outcome.question.answerable or not gold:
        return None
    return [name in gold for name in outcome.found.documents], len(gold)


def passage_relevance(outcome: Outcome) -> tuple[list[bool], int] | None:
    """Which of the first passages hold the gold text, and how many chunks do."""
    question, found = outcome.question, outcome.found
    if found is None or not found.gold_chunks or not question.answerable:
        return None
    relevant = [
        passage.document in question.gold_documents
        and holds_gold(passage.text, question.gold_texts)
        for passage in found.passages
    ]
    return relevant, max(found.gold_chunks, sum(relevant))
