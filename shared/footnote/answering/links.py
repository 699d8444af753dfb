"""Reads how each word is tied to what stands before it: by which small words, or by none."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from footnote.answering.languages import Language
from footnote.answering.tokens import Kind, Token

# 'den' and 'dem' tell who does something to whom, whatever the order of the words.
_LONGEST_CASE = 2


def linked(tokens: Iterable[Token], language: Language | None) -> Iterator[Token]:
    """The same tokens with their `links`, and what else stands in front of them.

    Small words belong to the next word with content; a pause ends what they tie together.
    """
    if language is None:
        yield from tokens
        return
    small: list[str] = []
    begun = carried = False
    for token in tokens:
        if token.paused and not carried:
            small, begun = [], False
        carried = token.paused and token.kind is Kind.FREE
        if token.kind is Kind.FREE:
            small.append(token.raw.lower())
            yield token
            continue
        yield replace(
            token,
            links=frozenset(filter(None, (_link(word, language) for word in small))),
            attached=begun and not small,
            bare=not set(small) - language.one - {"the"},
            restricts=any(word in language.relatives for word in small),
            verbs=frozenset(filter(None, map(language.verbs.get, small))),
            persons=frozenset(filter(None, map(language.persons.get, small))),
        )
        small, begun = [], True


def _link(word: str, language: Language) -> str:
    """The word where it is a preposition or conjunction, the ending of an article's case."""
    if word in language.cases:
        return word[-_LONGEST_CASE:]
    return word if word in language.ties else ""
