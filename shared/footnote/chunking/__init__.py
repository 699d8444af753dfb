"""Elements to chunks."""

from footnote.chunking.by_title import chunk_document

__all__ = ["chunk_document"]
