"""What a question that follows on others leans on: their subject, found without a model."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from footnote.answering.languages import Language, languages

# Characters of a subject: a longer one would drown the question itself.
MOST_CHARS = 200
_WORD = re.compile(r"[^\W_]+(?:[-'\u2019.][^\W_]+)*")
# With so few words of its own, and no verb, a question is about something that was said before.
_FEW, _SHORT = 1, 7
# A pronoun with more words of content in front of it stands for one of these.
_OWN_SUBJECT = 2
_MANY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """What a follow-up is told by in one language; see `follow_up.toml`."""

    small: frozenset[str]
    pronouns: frozenset[str]
    prepositions: frozenset[str]
    verbs: frozenset[str]
    actors: frozenset[str]
    being: frozenset[str]
    asks_for_name: frozenset[str]
    opens: re.Pattern[str]
    empty: re.Pattern[str]


def leant_on(text: str, turns: Sequence[str]) -> str:
    """The subject of what was asked before, where a question leans on it; else nothing.

    `turns` are the questions before it, oldest first. A follow-up that names something anew changes
    the subject; one that only narrows it down ("in America") adds to it. Where a question has no
    verb of its own, what was asked of the subject comes along.
    """
    if not leans(text):
        return ""
    spoken = _Spoken()
    for turn in turns:
        spoken = _after(turn, spoken)
    signs = _signs_of(text)
    has_verb = any(word in signs.verbs | signs.pronouns for word in _WORD.findall(text.lower()))
    words = spoken.subject if has_verb else (*spoken.action, *spoken.subject)
    return " ".join(dict.fromkeys(words))[:MOST_CHARS]


def leans(text: str) -> bool:
    """Whether a question cannot be understood without what was said before it."""
    signs, lowered = _signs_of(text), " ".join(text.lower().split())
    if signs.opens.match(lowered):
        return True
    words = [(found.start(), found.group()) for found in _WORD.finditer(lowered)]
    content = [at for at, word in words if word not in signs.small | signs.pronouns]
    has_verb = any(word in signs.verbs for _, word in words)
    if not content or (len(content) <= _FEW and len(words) <= _SHORT and not has_verb):
        return True
    meant = signs.empty.sub(lambda found: "\0" * len(found.group()), lowered)
    pronouns = [at for at, word in words if word in signs.pronouns and meant[at] != "\0"]
    return any(_refers_back(at, content) for at in pronouns)


def _refers_back(pronoun: int, content: Sequence[int]) -> bool:
    return bisect_left(content, pronoun) < _OWN_SUBJECT and len(content) <= _MANY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """What is spoken of, and what was asked of it."""

    subject: tuple[str, ...] = ()
    action: tuple[str, ...] = ()


def _after(turn: str, before: _Spoken) -> _Spoken:
    """What is spoken of after a question, given what was spoken of before it."""
    own = _spoken(turn)
    if not leans(turn):
        return own
    signs = _signs_of(turn)
    words = _WORD.findall(signs.opens.sub("", turn.lower().strip()))
    if any(word in signs.pronouns for word in words):
        return _Spoken(subject=before.subject, action=(*own.action, *own.subject))
    if not own.subject:
        return before
    narrows = words[0] in signs.prepositions
    subject = (*own.subject, *before.subject) if narrows else own.subject
    return _Spoken(subject=subject, action=before.action)


def _spoken(text: str) -> _Spoken:
    """The words of a question that name what it is about, and those of what is asked of it.

    What follows "I" or "to" is an action; so is the last of the words behind "is" or "does", unless
    a name was asked for ("What is ...").
    """
    signs, words = _signs_of(text), _WORD.findall(text)
    low = [word.lower() for word in words]
    is_content = [word not in signs.small | signs.pronouns for word in low]
    actions = {at + 1 for at, word in enumerate(low) if word in signs.actors}
    for at, word in enumerate(low):
        is_named = word in signs.being and at and low[at - 1] in signs.asks_for_name
        if word in signs.verbs and not is_named:
            actions |= _action_behind(at + 1, low, is_content, signs)
    content = [(at, word) for at, word in enumerate(words) if is_content[at]]
    return _Spoken(
        subject=tuple(word for at, word in content if at not in actions),
        action=tuple(word for at, word in content if at in actions),
    )


def _action_behind(
    at: int, low: Sequence[str], is_content: Sequence[bool], signs: _Signs
) -> set[int]:
    """The place of the word that tells what is done: the last one behind the verb at `at - 1`.

    A subject stands before it, unless that was a pronoun or stands before the verb.
    """
    begin = at
    while at < len(low) and not is_content[at] and low[at] not in signs.verbs:
        at += 1
    has_subject = any(is_content[:begin]) or any(
        word in signs.pronouns | signs.actors for word in low[begin:at]
    )
    first = at
    while at < len(low) and is_content[at]:
        at += 1
    is_done_by_verb = at < len(low) and low[at] in signs.verbs
    least = 1 if has_subject else 2
    return {at - 1} if at - first >= least and not is_done_by_verb else set()


def _signs_of(text: str) -> _Signs:
    """Those of the language that has the most of a question's words; English where none has any."""
    words = set(_WORD.findall(text.lower()))
    return max(map(_signs, languages()), key=lambda one: len(words & (one.small | one.pronouns)))


@cache
def _signs(language: Language) -> _Signs:
    table = _table()[language.name]
    words = {name: frozenset(table[name].split()) for name in ("pronouns", "verbs", "asking")}
    actors = frozenset(table["actors"].split())
    openers = "|".join(map(re.escape, table["openers"]))
    return _Signs(
        small=language.function_words
        | language.qualifiers
        | language.limits
        | words["asking"]
        | words["verbs"]
        | actors,
        pronouns=words["pronouns"],
        prepositions=language.prepositions,
        verbs=words["verbs"],
        actors=actors,
        being=frozenset(table["being"].split()),
        asks_for_name=frozenset(table["asks_for_name"].split()),
        opens=re.compile(rf"(?:{openers})\b"),
        empty=re.compile("|".join(table["empty"])),
    )


@cache
def _table() -> dict[str, Any]:
    text = files("footnote.answering").joinpath("follow_up.toml").read_text("utf-8")
    return tomllib.loads(text)
