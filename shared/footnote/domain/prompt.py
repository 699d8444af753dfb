"""What a model is asked, and what it wrote."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from footnote.domain.answer import Usage
from footnote.domain.passage import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question with its numbered passages (from 1), and the same as instructions for a model.

    `reply_schema` is the JSON schema of the reply, for endpoints that hold a model to one.
    """

    system: str
    user: str
    question: str
    passages: tuple[Passage, ...]
    reply_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model wrote: sentences, each followed by `[n: "verbatim quote"]`, untrusted."""

    text: str
    usage: Usage
    truncated: bool = False


def write_claim(number: int, quote: str) -> str:
    """The claim that `quote` stands in passage `number`, as a `Completion` holds it."""
    return f"[{number}: {json.dumps(quote, ensure_ascii=False)}]"
