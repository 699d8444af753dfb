"""A question set in two that share no source document, and what leaks from one to the other."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from footnote.domain.grouping import together as grouped
from footnote.evaluation.near_duplicates import pairs
from footnote.evaluation.question_set import Question
from footnote.evaluation.wording import letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Two questions on either side of a split, and what they share."""

    one: Question
    other: Question
    shared: str


def split(
    questions: Sequence[Question], held_out: float, seed: int, *, together: bool = False
) -> tuple[list[Question], list[Question]]:
    """Questions to learn from, and about a share that is held out; documents stay on one side.

    `together`: so do questions that ask the same in nearly the same words.
    """
    asking = pairs([one.text for one in questions]) if together else ()
    groups = _tied(questions, asking)
    drawn = sorted(groups, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())
    wanted = held_out * len(questions)
    chosen: set[str] = set()
    for name in drawn:
        if len(chosen) < wanted:
            chosen |= {one.question_id for one in groups[name]}
    kept = [one for one in questions if one.question_id not in chosen]
    return kept, [one for one in questions if one.question_id in chosen]


def leaks(some: Sequence[Question], others: Sequence[Question]) -> Iterator[Leak]:
    """Pairs of questions that ask the same, or are of the same document."""
    every = [*some, *others]
    for early, late in pairs([one.text for one in every]):
        if early < len(some) <= late:
            one, other = every[early], every[late]
            same = letters(one.text) == letters(other.text)
            shared = "the same words" if same else "nearly the same words"
            yield Leak(one=one, other=other, shared=shared)
    holder = {name: one for one in some for name in one.documents}
    for other in others:
        for name in sorted(other.documents & holder.keys()):
            yield Leak(one=holder[name], other=other, shared=f"the document {name}")


def _tied(
    questions: Sequence[Question], asking: Iterable[tuple[int, int]]
) -> dict[str, list[Question]]:
    """Questions that share documents or ask the same, also by way of others."""
    holder: dict[str, int] = {}
    sharing = [
        (holder.setdefault(name, place), place)
        for place, question in enumerate(questions)
        for name in question.documents
    ]
    found = grouped(len(questions), [*sharing, *asking])
    groups: defaultdict[int, list[Question]] = defaultdict(list)
    for question, group in zip(questions, found, strict=True):
        groups[group].append(question)
    return {min(one.question_id for one in group): group for group in groups.values()}
