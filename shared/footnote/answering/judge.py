"""Whether a draft is good enough, or the next model should be asked."""

from footnote.answering.draft import Draft
from footnote.domain.answer import Answer, AnswerStatus
from footnote.domain.ledger import Outcome

# From this probability on the documents most likely tell, so a decline is more likely a mistake.
IN_CORPUS_FOR_SURE = 0.8


def judge(draft: Draft, answer: Answer, *, in_corpus: float) -> Outcome:
    """How a model did: `OK`, or why its answer is not good enough.

    Tokens that ran out come first, because they explain the others; a decline that is likely to
    be right is an answer like any other.
    """
    if draft.truncated:
        return Outcome.TRUNCATED
    if not draft.sentences:
        return Outcome.DECLINED if in_corpus >= IN_CORPUS_FOR_SURE else Outcome.OK
    if not any(sentence.claims for sentence in draft.sentences):
        return Outcome.INVALID_FORMAT
    if answer.status is AnswerStatus.DECLINED or answer.failed_verification:
        return Outcome.FAILED_VERIFICATION
    return Outcome.OK
