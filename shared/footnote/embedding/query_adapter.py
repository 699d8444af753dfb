"""The query adapter: a learned linear map on the embeddings of questions; documents keep theirs.

Of the form z = q + U (D q), with few rows in D: a hundred thousand products for 384 floats and a
million for 3,072, which plain Python does in one to a few milliseconds. So no function has to load
numpy for it. Vectors are told by the index that a map was made for, and not by their length.
"""

import math
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import SettingsError
from footnote.domain.search_index import SearchIndex
from footnote.embedding.port import Vector

type Rows = tuple[array[float], ...]
_FLOAT_BYTES = 4
# Of two hundred kilobytes to two megabytes each.
_REMEMBERED = 32


@dataclass(frozen=True, slots=True)
class QueryAdapter:
    """`down` has a row for each direction that is looked at, `up` one for each float."""

    down: Rows
    up: Rows

    def adapted(self, vector: Vector) -> Vector:
        """The unit vector that is searched for instead."""
        seen = [math.sumprod(row, vector) for row in self.down]
        moved = [one + math.sumprod(row, seen) for one, row in zip(vector, self.up, strict=True)]
        length = math.sqrt(math.sumprod(moved, moved))
        return [one / length for one in moved] if length else vector


def rows_of(packed: bytes, width: int) -> Rows:
    """Rows of so many little-endian floats of 4 bytes.

    Raises:
        SettingsError: the bytes are no such rows.
    """
    size = width * _FLOAT_BYTES
    if not size or not packed or len(packed) % size:
        message = f"an adapter of {len(packed)} bytes does not consist of rows of {width} floats"
        raise SettingsError(message)
    numbers = array("f", packed)
    if sys.byteorder == "big":
        numbers.byteswap()
    return tuple(numbers[start : start + width] for start in range(0, len(numbers), width))


class KnownAdapters:
    """Adapters by number, each read once: what one number stands for never changes."""

    def __init__(self, read: Callable[[KnowledgeBaseId, int], QueryAdapter | None]) -> None:
        self._read = read
        self._known: dict[tuple[KnowledgeBaseId, int], QueryAdapter] = {}

    def adapted(self, vector: Vector, index: SearchIndex) -> Vector:
        """A question's embedding as this index wants it; as it is where no adapter is in force.

        So it is as well where the adapter went with its index: another one answers by now.

        Raises:
            TransientError: the database is down.
            SettingsError: the adapter is damaged.
        """
        if index.adapter is None:
            return vector
        number = (index.kb, index.adapter)
        if number not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            read = self._read(*number)
            if read is None:
                return vector
            self._known[number] = read
        return self._known[number].adapted(vector)
