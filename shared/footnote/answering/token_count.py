"""Counts tokens without the tables of a tokenizer, rather too many than too few.

The vocabularies of hosted and open models hold most words of English whole, parts of other words,
and few signs of other scripts. So the count goes by pieces of text, each at what it costs in the
worst of them. Against six real tokenizers (three of hosted models, two of open ones, and WordPiece)
it was .91 to 1.7 times theirs in running text and code in Latin letters, and more in other scripts;
see docs/decisions/0015-a-token-budget-without-a-tokenizer.md.
"""

import json
import re
from math import ceil

from footnote.domain.prompt import Prompt

_PIECE = re.compile(
    # Letters and digits or capitals mixed, as in keys and hashes: no vocabulary holds these.
    r"(?P<mixed>(?=[A-Za-z]*[0-9a-z][A-Za-z]*[0-9A-Z])(?=[0-9]*[A-Za-z])[A-Za-z0-9+/]{8,})"
    r"|(?P<plain>[A-Za-z]+)|(?P<digits>[0-9]+)|(?P<letters>[^\W\d_]+)|(?P<lines>\n+)"
    r"|(?P<gap>[^\S\n]+)|(?P<other>.)",
    re.DOTALL,
)
# Characters in a token of each kind of piece; of other scripts and signs its bytes.
_PLAIN_CHARS, _MIXED_CHARS, _LETTER_BYTES, _SIGN_BYTES, _GAP_CHARS = 3.5, 1.25, 1.8, 1.5, 8
_LONGEST_WHOLE_WORD = 5


def count_tokens(text: str) -> int:
    """About how many tokens a text takes, rather too many than too few."""
    return sum(_cost(found.lastgroup, found.group()) for found in _PIECE.finditer(text))


def prompt_tokens(prompt: Prompt) -> int:
    """The same of all that a model is given to read."""
    schema = json.dumps(prompt.reply_schema) if prompt.reply_schema else ""
    return sum(map(count_tokens, (prompt.system, prompt.user, schema)))


def _cost(kind: str | None, piece: str) -> int:
    match kind:
        case "mixed":
            return ceil(len(piece) / _MIXED_CHARS)
        case "plain":
            return 1 if len(piece) <= _LONGEST_WHOLE_WORD else ceil(len(piece) / _PLAIN_CHARS)
        case "digits":
            return len(piece)
        case "letters":
            return ceil(len(piece.encode(errors="replace")) / _LETTER_BYTES)
        case "lines":
            return 1
        case "gap":
            # The space in front of a word is part of its token.
            return 0 if len(piece) == 1 else ceil(len(piece) / _GAP_CHARS)
        case _:
            bytes_ = len(piece.encode(errors="replace"))
            return 1 if bytes_ == 1 else ceil(bytes_ / _SIGN_BYTES)
