"""Whether a draft is good enough, or the next model should be asked."""

from collections.abc import Sequence

from footnote.answering.draft import DraftSentence
from footnote.domain.answer import Answer, AnswerStatus
from footnote.domain.ledger import Outcome

# From this probability on the documents most likely tell, so a decline is more likely a mistake.
IN_CORPUS_FOR_SURE = 0.8


def judge(
    draft: Sequence[DraftSentence], answer: Answer, *, truncated: bool, in_corpus: float
) -> Outcome:
    """How a model did: `OK`, or why its answer is not good enough.

    Tokens that ran out come first, because they explain the others; a decline that is likely to
    be right is an answer like any other.
    """
    if truncated:
        return Outcome.TRUNCATED
    if not draft:
        return Outcome.DECLINED if in_corpus >= IN_CORPUS_FOR_SURE else Outcome.OK
    if not any(sentence.claims for sentence in draft):
        return Outcome.INVALID_FORMAT
    if answer.status is AnswerStatus.DECLINED:
        return Outcome.FAILED_VERIFICATION
    return Outcome.OK
