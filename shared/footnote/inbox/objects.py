"""What ingestion needs from the bucket."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """What the bucket holds at a key now; `content` is None where it is over the size asked for."""

    version_id: str | None
    size: int
    content: bytes | None


class ObjectStore(Protocol):
    """The documents' bucket."""

    def fetch(self, key: str, *, max_bytes: int) -> StoredObject | None:
        """The current version at a key, or None where there is none (or a delete marker).

        Raises:
            ObjectStorageUnavailableError: no answer, or one that does not tell, such as 403.
        """
        ...
