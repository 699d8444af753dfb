"""Writes the reply that a model should have given: sentences with quotes that bear them out.

Whatever is learned was held against the passages as an answer is. What somebody says in a
correction is untrusted, and becomes no example where the documents do not say it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from footnote.answering.citations import cite
from footnote.answering.draft import CLAIM, read_draft
from footnote.answering.verbatim import find_verbatim
from footnote.domain.answer import AnswerStatus, CitationStatus
from footnote.domain.passage import Passage
from footnote.domain.prompt import write_claim
from footnote.domain.sentences import sentence_spans

# What the prompt asks of a quote.
_FEWEST_WORDS, _MOST_WORDS = 3, 60
# So many sentences that share the most words are tried for each sentence.
_TRIED = 8
_MARKER = re.compile(r"\s*\[(\d{1,3})\]")
_WORD = re.compile(r"\w+")


def supported_reply(text: str, passages: Sequence[Passage]) -> str | None:
    """The text with a quote behind each sentence; None where a sentence has none to rest on."""
    clean = _MARKER.sub("", CLAIM.sub("", text)).strip()
    claimed = [_claimed(clean[start:end], passages) for start, end in sentence_spans(clean)]
    if not claimed or None in claimed:
        return None
    return verified_reply("\n".join(filter(None, claimed)), passages)


def quoted_reply(answer: str, quotes: Mapping[int, str], passages: Sequence[Passage]) -> str | None:
    """An answer with `[marker]`s, with its quotes in their place; None where one is gone."""

    def claim(found: re.Match[str]) -> str:
        quote = quotes.get(int(found.group(1)), "")
        for number, passage in enumerate(passages, start=1):
            if quote and find_verbatim(quote, passage.text) is not None:
                return f" {write_claim(number, quote)}"
        return ""

    return verified_reply(_MARKER.sub(claim, answer), passages)


def sentence_reply(
    holding: str, question: str, passages: Sequence[Passage], among: Collection[int]
) -> str | None:
    """The sentence that holds this text and has most of the question's words, as its own quote.

    `among` are the numbers of the passages that it may stand in.
    """
    wanted = _words(question)
    found = [
        (number, sentence)
        for number, passage in enumerate(passages, start=1)
        if number in among
        for sentence in _quotable(passage)
        if _letters(holding) in _letters(sentence)
    ]
    for number, sentence in sorted(found, key=lambda one: -len(wanted & _words(one[1]))):
        said = f"{' '.join(sentence.split())} {write_claim(number, sentence)}"
        if reply := verified_reply(said, passages):
            return reply
    return None


def verified_reply(reply: str, passages: Sequence[Passage]) -> str | None:
    """The reply, where an answer would be made of all of it."""
    answer = cite(read_draft(reply), passages)
    whole = answer.status is AnswerStatus.ANSWERED and not answer.removed
    return reply if whole and not answer.truncated else None


def quotes_in(reply: str) -> list[tuple[int, str]]:
    """The passages that a reply names, and what it quotes of them."""
    draft = read_draft(reply)
    return [(claim.number, claim.quote) for one in draft.sentences for claim in one.claims]


def words_of(reply: str) -> str:
    """A reply without its quotes; empty where it declines."""
    return " ".join(sentence.text for sentence in read_draft(reply).sentences)


def _claimed(sentence: str, passages: Sequence[Passage]) -> str | None:
    """The sentence with the quote that bears it out best."""
    wanted = _words(sentence)
    near = sorted(
        (
            (len(wanted & _words(quote)), -number, quote)
            for number, passage in enumerate(passages, start=1)
            for quote in _quotable(passage)
        ),
        key=lambda one: (-one[0], -one[1]),
    )
    accepted = None
    for _, number, quote in near[:_TRIED]:
        claimed = f"{sentence} {write_claim(-number, quote)}"
        answer = cite(read_draft(claimed), passages)
        if answer.status is not AnswerStatus.ANSWERED or answer.removed:
            continue
        if answer.citations[0].status is CitationStatus.VERIFIED:
            return claimed
        accepted = accepted or claimed
    return accepted


def _quotable(passage: Passage) -> Iterator[str]:
    for start, end in sentence_spans(passage.text):
        text = passage.text[start:end]
        if _FEWEST_WORDS <= len(text.split()) <= _MOST_WORDS:
            yield text


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
