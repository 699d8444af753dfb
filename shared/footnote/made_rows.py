"""Rows of a data set as they are made: those that answer, those that decline, and what became none.

Declines are as frequent as in production: some are questions that were declined, the others the
same questions as above without the passages that answer.
"""

import random
from collections import Counter
from dataclasses import dataclass, field

from footnote.domain.dataset import Row, RowKind
from footnote.domain.passage import Retrieval
from footnote.retrieval.in_corpus import answerable
from footnote.training_examples import Example
from footnote.training_rows import LeftOutError, Making, make_row, without_golden

_NOT_FOUND = "the search finds nothing that speaks of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declines:
    """How many rows are to decline: their share of all, and of these the share without passages."""

    rate: float
    without_golden: float
    seed: int


@dataclass(slots=True)
class MadeRows:
    """Rows that answer with what they were made from, rows that decline, and what became none."""

    answers: list[tuple[Example, Row, Retrieval]] = field(default_factory=list)
    declines: list[Row] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def make(self, example: Example, found: Retrieval, making: Making) -> None:
        """Have an example become a row, or count why it does not."""
        # What is declined without a model teaches none.
        if not answerable(found):
            self.left_out[_NOT_FOUND] += 1
            return
        try:
            row = make_row(example, found, making)
        except LeftOutError as error:
            self.left_out[str(error)] += 1
            return
        if row.kind is RowKind.DECLINE:
            self.declines.append(row)
        else:
            self.answers.append((example, row, found))

    def with_declines(self, wanted: Declines, making: Making) -> list[Row]:
        """The rows that answer, and so many that decline that these are their share of all."""
        draw = random.Random(wanted.seed)  # noqa: S311 - not a secret
        rate = wanted.rate
        count = round(len(self.answers) * rate / (1 - rate)) if rate < 1 else len(self.declines)
        declined = draw.sample(self.declines, len(self.declines))
        emptied = self._emptied(draw, making)
        share = min(len(emptied), round(count * wanted.without_golden))
        real = declined[: count - share]
        chosen = [*real, *emptied[: count - len(real)]]
        over = len(declined) - len(real)
        if over:
            self.left_out["more declines than in production"] += over
        return [*(row for _, row, _ in self.answers), *chosen]

    def _emptied(self, draw: random.Random, making: Making) -> list[Row]:
        """Questions with an answer, shown without the passages that hold it."""
        emptied = []
        answers = [one for one in self.answers if one[0].schema is None]
        for example, row, found in draw.sample(answers, len(answers)):
            try:
                emptied.append(without_golden(example, row, found, making))
            except LeftOutError:
                continue
        return emptied
