"""What of a sentence may be shown beside its quotes."""

import re
from collections.abc import Sequence

from footnote.answering.plain import addresses, mixes_alphabets, plain, tags, without_markers

_WORD = re.compile(r"[^\W\d_]+")
# Tags by which models set type; anything else that opens with a bracket was meant to do something.
_TYPE_TAG = re.compile(
    "\u2039/?(?:b|i|u|p|br|em|ul|ol|li|div|span|strong|code|pre|sub|sup)\\s*/?\u203a", re.IGNORECASE
)


def safe_text(sentence: str, quotes: Sequence[str]) -> str | None:
    """The sentence as plain text with a little Markdown; None where it cannot be trusted at all.

    An address, a tag or a word of mixed alphabets may only stand there if a quote holds just that.
    """
    sources = "\n".join(quotes)
    readable = plain(" ".join(sources.split()))
    if not addresses(sentence) <= addresses(sources):
        return None
    text = plain(sentence)
    text = _TYPE_TAG.sub(lambda tag: tag.group() if tag.group() in readable else " ", text)
    if not tags(" ".join(text.split())) <= tags(readable):
        return None
    known = set(_WORD.findall(readable))
    if any(mixes_alphabets(word) and word not in known for word in _WORD.findall(text)):
        return None
    return without_markers(text, readable).strip()
