"""Chunks: the stored, embedded and retrieved unit of a document."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A run of a document's text that is retrieved as one.

    `start` and `end` are character offsets into the document's text: all chunks' texts in order,
    joined by a blank line. `page` counts from 1 and is where the chunk begins; `page_breaks` as in
    `domain.pages`.
    """

    ordinal: int
    text: str
    heading_path: tuple[str, ...]
    page: int | None
    start: int
    end: int
    page_breaks: tuple[int, ...] = ()


def contextual_text(title: str | None, chunk: Chunk) -> str:
    """What is embedded for a chunk: the title and the heading path give its words their context."""
    path = [part for part in (title, *chunk.heading_path) if part]
    context = " > ".join(dict.fromkeys(path))
    return f"{context}\n{chunk.text}" if context else chunk.text


def content_hash(text: str) -> bytes:
    """The 32 bytes under which the embedding of a text is kept."""
    return hashlib.sha256(text.encode()).digest()
