"""A document's elements to chunks along its headings, each about as long as an embedding reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from footnote.chunking.pages import pages_of, within_piece
from footnote.chunking.runs import joined_text, runs
from footnote.chunking.sections import Section, sections
from footnote.chunking.splitting import split
from footnote.domain.chunk import Chunk
from footnote.domain.element import Element, ElementKind, PartitionedDocument

# Characters. A section below this is read together with the one after it.
_TINY = 250
_SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class _Draft:
    path: tuple[str, ...]
    page: int | None
    page_breaks: tuple[int, ...]
    text: str


def chunk_document(
    document: PartitionedDocument, *, target_chars: int = 1000, max_chars: int = 1600
) -> tuple[Chunk, ...]:
    """Chunks in reading order; no word of the document is in none of them or their paths.

    Sections start a chunk of their own, tiny ones are joined with the next; blocks stay whole up to
    `max_chars`, and no chunk is longer than that.
    """
    chunks: list[Chunk] = []
    start = 0
    for ordinal, draft in enumerate(_drafts(document.elements, target_chars, max_chars)):
        end = start + len(draft.text)
        chunks.append(
            Chunk(
                ordinal=ordinal,
                text=draft.text,
                heading_path=draft.path,
                page=draft.page,
                page_breaks=draft.page_breaks,
                start=start,
                end=end,
            )
        )
        start = end + len(_SEPARATOR)
    return tuple(chunks)


def _drafts(elements: Iterable[Element], target: int, limit: int) -> Iterator[_Draft]:
    for section in _joined(sections(elements), target):
        pieces = [piece for block in section.blocks for piece in _whole(block, target, limit)]
        for run in runs(pieces, target=target, limit=limit, tiny=_TINY):
            yield _Draft(section.path, *pages_of(run), joined_text(run))


def _joined(found: Iterable[Section], target: int) -> Iterator[Section]:
    """Tiny sections with the ones after them, under the headings that they have in common."""
    group: list[Section] = []
    size = 0
    for section in found:
        if group and not (size < _TINY and size + section.size <= target and _akin(group, section)):
            yield _one(group)
            group, size = [], 0
        group.append(section)
        size += section.size
    if group:
        yield _one(group)


def _akin(group: list[Section], section: Section) -> bool:
    """Whether they stand under one heading, or both at the top of the document."""
    first = group[0].path
    return len(first) <= 1 or first[:1] == section.path[:1]


def _one(group: list[Section]) -> Section:
    """The sections as one; headings below the common path become lines of text."""
    common = _common([section.path for section in group])
    blocks: list[Element] = []
    above = common
    for section in group:
        page = section.blocks[0].page
        for heading in section.path[len(_common([above, section.path])) :]:
            blocks.append(Element(kind=ElementKind.TITLE, text=heading, page=page))
        blocks.extend(section.blocks)
        above = section.path
    return Section(path=common, blocks=blocks)


def _common(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    shortest = min(paths, key=len)
    for index, heading in enumerate(shortest):
        if any(path[index] != heading for path in paths):
            return shortest[:index]
    return shortest


def _whole(block: Element, target: int, limit: int) -> Iterator[Element]:
    """The block itself, or pieces of it where it is too long for one chunk."""
    if len(block.text) <= limit:
        yield block
        return
    done = 0
    for text in split(block.kind, block.text, target=target, limit=limit):
        piece, done = within_piece(block, text, done)
        yield piece
