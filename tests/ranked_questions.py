"""Made-up questions whose right document is told by one score more than by another."""

from collections.abc import Callable

import numpy as np

from footnote.domain.fusion import Candidate
from footnote.evaluation.question_set import Question
from footnote.tuning.folds import Source
from footnote.tuning.fusion import Floats, RankedQuestion

CANDIDATES = 12

# Of the scores of each candidate, how likely it is the right one.
type Truth = Callable[[Floats], Floats]


def by_chance(scores: Floats) -> Floats:
    """No score says anything."""
    return np.full(len(scores), 1 / len(scores))


def told_by(meaning: float, words: float, document: float, *, sure: float = 12.0) -> Truth:
    """A sum of the scores does."""

    def chances(scores: Floats) -> Floats:
        odds = np.exp(sure * (scores @ np.array([meaning, words, document])))
        return np.asarray(odds / odds.sum())

    return chances


def ranked_questions(
    truth: Truth, seed: int, *, questions: int = 80, documents: int = 40
) -> tuple[list[Question], list[RankedQuestion]]:
    """Questions with candidates of as many documents, of which one is right."""
    source = np.random.default_rng(seed)
    asked, ranked = [], []
    for number in range(questions):
        keys = [f"help/{one}.md" for one in source.permutation(documents)[:CANDIDATES]]
        scores = source.random((CANDIDATES, 3))
        gold = keys[int(source.choice(CANDIDATES, p=truth(scores)))]
        asked.append(
            Question(question_id=str(number), text="?", gold_documents=(gold,), cluster=gold)
        )
        candidates = [
            Candidate(chunk_id=at, key=key, scores=(row[0], row[1], row[2]))
            for at, (key, row) in enumerate(zip(keys, scores.tolist(), strict=True))
        ]
        ranked.append(
            RankedQuestion(
                source=Source(cluster=gold, documents=frozenset([gold])),
                candidates=candidates,
                gold=frozenset([gold]),
            )
        )
    return asked, ranked
