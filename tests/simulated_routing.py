"""Simulated logs of a cheap and a dear model with a known truth; a formula, nobody's data."""

import numpy as np

from footnote.evaluation.replaying import Replayed
from tests.outcomes import question

CHEAP_USD, DEAR_USD = 0.001, 0.01


def replays(
    source: np.random.Generator, *, informative: bool, questions: int = 1500, documents: int = 150
) -> list[Replayed]:
    """A cheap model that is right as often as its signal says, or whatever that says."""
    document = source.uniform(-0.15, 0.15, documents)
    rows = []
    for at in range(questions):
        of = at % documents
        chance = float(np.clip(source.uniform(0.1, 0.95) + document[of], 0, 1))
        signal = chance if informative else float(source.uniform())
        rows.append(
            Replayed(
                question=question(f"q{at}", gold=(f"{of}.md",)),
                signal=signal,
                cheap=float(source.uniform() < chance),
                dear=float(source.uniform() < 0.9),
                cheap_usd=CHEAP_USD,
                dear_usd=CHEAP_USD + DEAR_USD,
            )
        )
    return rows
