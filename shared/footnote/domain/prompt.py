"""What a model is asked, and what it wrote."""

import json
from dataclasses import dataclass

from footnote.domain.answer import Usage
from footnote.domain.passage import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question with its numbered passages (from 1), and the same as instructions for a model."""

    system: str
    user: str
    question: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model wrote: sentences, each followed by `[n: "verbatim quote"]`, untrusted."""

    text: str
    usage: Usage
    truncated: bool = False


def write_claim(number: int, quote: str) -> str:
    """The claim that `quote` stands in passage `number`, as a `Completion` holds it."""
    return f"[{number}: {json.dumps(quote, ensure_ascii=False)}]"
