"""Whether a sentence says what its sources say: in their words, in other words, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.answering.facts import contradiction, negations
from footnote.answering.languages import Language, language_of
from footnote.answering.reading import read_tokens
from footnote.answering.restatement import is_quotation, names, restates
from footnote.answering.source import Source
from footnote.answering.tiles import Layout, lay_out
from footnote.answering.tokens import Kind, Token
from footnote.domain.answer import RemovalReason

# Of a paraphrase's words so many stand in the quote; of a translation's the numbers and names do.
_FEWEST_ANCHORS = 2
_LEAST_SHARE, _LEAST_SHARE_TRANSLATED = 0.5, 1 / 3
# Words in a row that the quote does not hold: more of them say something of their own.
_LONGEST_FOREIGN_RUN, _LONGEST_FOREIGN_RUN_TRANSLATED = 2, 4
_MOST_TOKENS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why a sentence cannot stay, or whether it is as good as a quotation."""

    reason: RemovalReason | None = None
    verified: bool = False


def verify(sentence: str, sources: Sequence[Source], *, is_value: bool = False) -> Verdict:
    """Holds a sentence, or just a value, against all of its sources together."""
    if any(is_quotation(sentence, source) for source in sources):
        return Verdict(verified=True)
    language = _language(sentence, sources)
    said = read_tokens(sentence, language)
    if len(said) > _MOST_TOKENS or any(len(source.tokens) > _MOST_TOKENS for source in sources):
        return Verdict(reason=RemovalReason.TOO_LONG)
    reason = contradiction(said, sources)
    if reason is not None:
        return Verdict(reason=reason)
    content = [token for token in said if token.kind is not Kind.FREE]
    translated = language is not None and all(source.language is not language for source in sources)
    if not _anchored(content, sources, translated=translated):
        return Verdict(reason=RemovalReason.UNANCHORED)
    layout = lay_out(content, sources)
    if _negates_otherwise(layout, sources):
        return Verdict(reason=RemovalReason.NEGATION)
    told = (names if is_value else restates)(layout, sources, language)
    return Verdict(verified=not translated and told)


def touches(sentence: str, source: Source) -> bool:
    """Whether a sentence has anything in common with one of its sources."""
    said = read_tokens(sentence, source.language)
    content = source.content
    return any(
        token.told_by(other) for token in said if token.kind is not Kind.FREE for other in content
    )


def _language(sentence: str, sources: Sequence[Source]) -> Language | None:
    """The sentence's language; that of its sources unless another one fits it much better."""
    theirs = next((source.language for source in sources if source.language), None)
    known = theirs is not None and theirs.hits(sentence) > 0
    own = language_of(sentence, least_distinct=2 if known else 1)
    if own is None or theirs is None:
        return theirs or own
    return theirs if theirs.hits(sentence) >= 0.6 * own.hits(sentence) else own


def _anchored(content: Sequence[Token], sources: Sequence[Source], *, translated: bool) -> bool:
    told = [token for source in sources for token in source.content]
    words = [token for token in content if token.kind is not Kind.NEGATION]
    found = [any(token.told_by(other) for other in told) for token in words]
    least = _LEAST_SHARE_TRANSLATED if translated else _LEAST_SHARE
    longest = _LONGEST_FOREIGN_RUN_TRANSLATED if translated else _LONGEST_FOREIGN_RUN
    enough = sum(found) >= max(least * len(found), min(len(found), _FEWEST_ANCHORS))
    return any(found) and enough and _foreign_run(found) <= longest


def _foreign_run(found: Sequence[bool]) -> int:
    longest = run = 0
    for known in found:
        run = 0 if known else run + 1
        longest = max(longest, run)
    return longest


def _negates_otherwise(layout: Layout, sources: Sequence[Source]) -> bool:
    """Whether there are more or fewer negations than in the clauses that the sentence rests on."""
    used = {layout.clauses[at] for at in layout.laid.values()}
    told = [
        token
        for at, token in enumerate(layout.told)
        if token is not None and layout.clauses[at] in used
    ]
    first = 0
    for source in sources:
        last = first + len(source.content)
        if first < last and layout.clauses[first] in used:
            told.extend(source.clause_before)
        if first < last and layout.clauses[last - 1] in used:
            told.extend(source.clause_after)
        first = last + 1
    return negations(layout.said).total() != negations(told).total()
