"""Which page each part of a chunk is on, from the pages of the blocks that it is made of."""

from collections.abc import Sequence

from footnote.chunking.runs import offsets
from footnote.domain.element import Element
from footnote.domain.pages import page_at


def pages_of(blocks: Sequence[Element]) -> tuple[int | None, tuple[int, ...]]:
    """The page on which the blocks' joined text begins, and its page breaks.

    A block without a page is on that of the block before; one that goes back to an earlier page,
    as footnotes may, is cited by the page that was reached.
    """
    first = next((block.page for block in blocks if block.page is not None), None)
    if first is None:
        return None, ()
    breaks: list[int] = []
    for start, block in zip(offsets(blocks), blocks, strict=True):
        if block.page is None:
            continue
        breaks += [start] * (block.page - first - len(breaks))
        passed = first + len(breaks) - block.page
        breaks += [start + at for at in block.page_breaks[passed:]]
    return first, tuple(breaks)


def within_piece(block: Element, text: str, done: int) -> tuple[Element, int]:
    """A piece of a block that was cut, found behind the first `done` characters; and its end.

    What was put above a piece, such as a table's header, counts as its beginning.
    """
    if not block.page_breaks:
        return Element(kind=block.kind, text=text, page=block.page, depth=block.depth), done
    begins = block.text.find(text, done)
    if begins < 0:
        begins = done
    breaks = [at - begins for at in block.page_breaks if begins < at <= begins + len(text)]
    page = page_at(block.page, block.page_breaks, begins)
    piece = Element(
        kind=block.kind, text=text, page=page, depth=block.depth, page_breaks=tuple(breaks)
    )
    return piece, begins + len(text)
