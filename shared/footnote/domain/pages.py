"""Pages of a text that goes on over several of them.

A text begins on a page, and `page_breaks` are the offsets in it (characters, ascending) at which a
further page begins, one for each: where a whole page is empty, an offset stands there twice.
"""

from bisect import bisect_right
from collections.abc import Sequence


def page_at(page: int | None, page_breaks: Sequence[int], offset: int) -> int | None:
    """The page of `text[offset]`; None where the text has no pages."""
    return None if page is None else page + bisect_right(page_breaks, offset)
