"""Elements to sections: the blocks under one heading, with the path of headings above them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter

from footnote.domain.element import Element, ElementKind

_Numbered = tuple[int, Element]
# Headings in a path. Its words stand before every chunk of the section: files that nest hundreds of
# levels would become thousands of times as much text, and their chunks all look the same.
_DEEPEST = 10


@dataclass(slots=True, kw_only=True)
class Section:
    """A run of blocks under one path of headings; the last of the path is the section's own."""

    path: tuple[str, ...]
    blocks: list[Element] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Characters of all blocks together."""
        return sum(len(block.text) for block in self.blocks)


def sections(elements: Iterable[Element]) -> Iterator[Section]:
    """Sections in reading order, none of them empty.

    A heading with nothing under it, not even through a deeper heading, would be in no path: it
    comes as the first block of the section that follows.
    """
    headings = _Headings()
    blocks: list[Element] = []
    for element in elements:
        if element.kind is not ElementKind.TITLE:
            blocks.append(element)
            continue
        if blocks:
            yield headings.section_of(blocks)
            blocks = []
        headings.enter(element)
    if blocks or headings.unused():
        yield headings.section_of(blocks)


class _Headings:
    """The headings that are open, from the highest down, and which of them no section has named."""

    def __init__(self) -> None:
        self._open: list[_Numbered] = []
        self._named = 0
        self._lone: list[_Numbered] = []
        self._count = 0

    def enter(self, heading: Element) -> None:
        """Closes the headings of the same depth and below; all that are too deep are of one."""
        depth = min(heading.depth, _DEEPEST - 1)
        kept = sum(1 for _, above in self._open if above.depth < depth)
        self._lone.extend(self._open[max(kept, self._named) :])
        self._open = [*self._open[:kept], (self._count, heading)]
        self._named = min(self._named, kept)
        self._count += 1

    def unused(self) -> list[Element]:
        """The headings that no section has held so far, as they came."""
        numbered = sorted(self._lone + self._open[self._named :], key=itemgetter(0))
        return [heading for _, heading in numbered]

    def section_of(self, blocks: list[Element]) -> Section:
        """The section of these blocks; without any, the unused headings are all that it holds."""
        if not blocks:
            return Section(path=self._path(self._named), blocks=self.unused())
        lone = [heading for _, heading in self._lone]
        self._lone = []
        self._named = len(self._open)
        return Section(path=self._path(self._named), blocks=lone + blocks)

    def _path(self, length: int) -> tuple[str, ...]:
        return tuple(heading.text for _, heading in self._open[:length])
