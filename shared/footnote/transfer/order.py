"""What may follow what in an export: its sections, its documents by key, each with its chunks."""

from footnote.domain.document import (
    LONGEST_KEY_BYTES,
    document_key_of,
    is_knowledge_base,
    knowledge_base_of,
)
from footnote.transfer.knowledge_lines import ChunkLine, DocumentLine, IndexLine
from footnote.transfer.line import Line
from footnote.transfer.lines import End, Header


class Order:
    """Watches the lines go by."""

    def __init__(self) -> None:
        self.ended = False
        self._section = -1
        self._knowledge_base = ""
        self._key = ""
        self._chunks_to_come = 0
        self._ordinal = -1
        self._dimension = 0

    def problem_with(self, line: Line) -> str | None:
        """What is wrong with a line where it stands, if anything."""
        if self.ended:
            return "something follows the end"
        if self._chunks_to_come and not isinstance(line, ChunkLine):
            return f"{self._chunks_to_come} chunks of {self._key!r} are missing"
        if line.section < self._section or (line.once and line.section == self._section):
            return f"a line of kind {type(line).__name__} does not belong here"
        if self._section < 0 and not isinstance(line, Header):
            return "the header is missing"
        self._section = line.section
        self.ended = isinstance(line, End)
        return self._problem_inside(line)

    def _problem_inside(self, line: Line) -> str | None:
        if isinstance(line, Header):
            self._knowledge_base = line.knowledge_base
            valid = is_knowledge_base(line.knowledge_base)
            return None if valid else "the knowledge base has no valid name"
        if isinstance(line, IndexLine):
            self._dimension = line.dimension
        if isinstance(line, DocumentLine):
            return self._problem_of_document(line)
        return self._problem_of_chunk(line) if isinstance(line, ChunkLine) else None

    def _problem_of_document(self, line: DocumentLine) -> str | None:
        if line.key <= self._key:
            return f"{line.key!r} comes after {self._key!r}: keys are in order, each once"
        if knowledge_base_of(line.key) != self._knowledge_base:
            return f"{line.key!r} belongs to another knowledge base"
        if document_key_of(line.key) != line.key or len(line.key.encode()) > LONGEST_KEY_BYTES:
            return f"no document can have the key {line.key[:100]!r}"
        if bool(line.chunks) != (line.embedding is not None):
            return "a document has an embedding where it has chunks, and only there"
        if line.embedding is not None and len(line.embedding) != self._dimension:
            return f"its vector has {len(line.embedding)} floats, and the index {self._dimension}"
        self._key, self._chunks_to_come, self._ordinal = line.key, line.chunks, -1
        return None

    def _problem_of_chunk(self, line: ChunkLine) -> str | None:
        if not self._chunks_to_come:
            return "no document is above this chunk, or it has all of its chunks"
        if line.ordinal <= self._ordinal or line.end < line.start:
            return "chunks are in order, and end behind their beginning"
        if len(line.embedding) != self._dimension:
            return f"its vector has {len(line.embedding)} floats, and the index {self._dimension}"
        self._chunks_to_come, self._ordinal = self._chunks_to_come - 1, line.ordinal
        return None
