"""Chunks: the stored, embedded and retrieved unit of a document."""

import hashlib
from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedChunk:
    """A chunk as an index holds it: its number, its document's key, and what is embedded."""

    chunk_id: int
    key: str
    hashed: bytes
    text: str


def contextual_text(title: str | None, chunk: Chunk) -> str:
    """What is embedded for a chunk: the title and the heading path give its words their context."""
    return in_context((title, *chunk.heading_path), chunk.text)


def in_context(path: Sequence[str | None], text: str) -> str:
    """A text below the names that lead to it, each once."""
    context = " > ".join(dict.fromkeys(part for part in path if part))
    return f"{context}\n{text}" if context else text


def content_hash(text: str) -> bytes:
    """The 32 bytes under which the embedding of a text is kept."""
    return hashlib.sha256(text.encode()).digest()
