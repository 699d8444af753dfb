"""Who still tells what a document said before it was edited: the same questions twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from footnote.evaluation.outcome import Outcome
from footnote.evaluation.wording import contains_one_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Staleness:
    """Answers of one arm in counts, of questions that it was asked both times.

    `before` told the old fact when it was still right. Afterwards, `still` of those tell it, and
    `anew` of the others do; of those that do not, `new` tell the new fact, `declined` none, and
    `neither` something else.
    """

    questions: int
    before: int
    still: int
    anew: int
    new: int
    declined: int
    neither: int

    @property
    def stale(self) -> int:
        """How many tell the old fact after the edit."""
        return self.still + self.anew


def staleness(before: Sequence[Outcome], after: Sequence[Outcome]) -> Staleness:
    """Count what became of each answer; what failed at either time is left out."""
    first = {one.question.question_id: one for one in before if one.said}
    pairs = [
        (first[one.question.question_id], one)
        for one in after
        if one.said and one.question.question_id in first
    ]
    told = [(_old(one), _old(other)) for one, other in pairs]
    fresh = [other for (_, other), (_, old) in zip(pairs, told, strict=True) if not old]
    new = sum(contains_one_of(one.told, one.question.answers) for one in fresh)
    declined = sum(not one.told for one in fresh)
    return Staleness(
        questions=len(pairs),
        before=sum(one for one, _ in told),
        still=sum(one and other for one, other in told),
        anew=sum(other and not one for one, other in told),
        new=new,
        declined=declined,
        neither=len(fresh) - new - declined,
    )


def still_said_in(after: Sequence[Outcome]) -> dict[str, int]:
    """Documents with a passage found that holds an old answer, and for how many questions.

    Whoever answers from such a document tells what it says: that is to be edited, not the arm.
    """
    found = Counter(
        name
        for one in after
        if one.found
        for name in {
            passage.document
            for passage in one.found.passages
            if contains_one_of(passage.text, one.question.old_answers)
        }
    )
    return dict(found.most_common())


def _old(outcome: Outcome) -> bool:
    return contains_one_of(outcome.told, outcome.question.old_answers)
