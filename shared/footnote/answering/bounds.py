"""Whether words bind what stands beside them: what they leave of it does not hold by itself."""

from collections.abc import Sequence

from footnote.answering.languages import Language
from footnote.answering.small_words import MEANWHILE
from footnote.answering.tokens import Kind, Token

# Negations that take something out of what the clause beside theirs says.
_TAKES_OUT = {"unless", "except"}


def binds(token: Token, language: Language) -> bool:
    """Whether a word is a condition or a doubt, or stands in one, or in 'who pay late'."""
    conditions = token.links & language.conditions
    if token.limits or conditions - MEANWHILE:
        return True
    return not token.paused and (token.restricts or bool(conditions))


def is_bound_before(before: Sequence[Token], language: Language) -> bool:
    """Whether the beginning of a sentence binds what follows; its last token stands for that."""
    if not before:
        return False
    following, told = before[-1], before[:-1]
    if following.attached and told[-1].qualifies:
        return True
    return _binds_clause(list(reversed(told)), following.paused, language) or _opens(told, language)


def is_bound_after(last: Token | None, after: Sequence[Token], language: Language) -> bool:
    """Whether the end of a sentence binds what stands before it, of which `last` is the last."""
    if not after:
        return False
    first = after[0]
    counts = last is not None and last.kind is Kind.NUMBER
    goes_on = counts or first.qualifies or first.kind is Kind.UNIT
    if first.attached and goes_on and not first.single:
        return True
    clause = next((at for at, token in enumerate(after) if _parts(token, language)), len(after))
    return any(binds(token, language) for token in after[:clause]) or _opens(after, language)


def _binds_clause(nearest_first: Sequence[Token], paused: bool, language: Language) -> bool:
    """Whether one of the words up to the last pause binds what stands behind them."""
    if paused:
        return False
    for token in nearest_first:
        if binds(token, language):
            return True
        if _parts(token, language):
            return False
    return False


def _opens(tokens: Sequence[Token], language: Language) -> bool:
    """Whether another clause begins with a condition of this one, or takes something out."""
    begun = False
    for token in tokens:
        begun = begun or token.paused
        if token.kind is Kind.FREE:
            continue
        own = token.links & (language.conjunctions - language.conditions)
        hedged = token.raw.lower() in language.hedges
        if begun and not own and _turns(token, language) and not hedged:
            return True
        begun = False
    return False


def _turns(token: Token, language: Language) -> bool:
    return binds(token, language) or token.key in _TAKES_OUT


def _parts(token: Token, language: Language) -> bool:
    return token.paused or bool(token.links & (language.conjunctions - language.conditions))
