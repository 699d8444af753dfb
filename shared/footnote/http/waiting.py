"""Waits for one version of a document to become answerable, as long as it still can."""

import time
from dataclasses import dataclass
from typing import Any

from footnote.domain.document import DocumentStatus
from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.http.ports import ApiPorts

ON_THE_WAY = {DocumentStatus.PENDING, DocumentStatus.PROCESSING}
_POLL_S = 0.1
# The bucket is asked less often than the database.
_LOOK_S = 1.0

type Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """For a version of the document at a key, or any where that is empty.

    `until` is a moment on the monotonic clock.
    """

    ports: ApiPorts
    key: str
    version_id: str
    until: float

    def settled(self) -> tuple[Row | None, bool]:
        """What is known in the end, and whether the version was overtaken.

        Versions have no order that their names would tell, and one that was overwritten at once is
        in no event's wake. But what the bucket does not hold now no work will read any more.
        """
        look_at = time.monotonic()
        while True:
            row, now = self.ports.documents.state(self.key), time.monotonic()
            if row and self._is_settled(row):
                return row, False
            if row and self.version_id not in {"", row["version_id"]} and now >= look_at:
                if self._is_overtaken():
                    return row, True
                look_at = now + _LOOK_S
            if now >= self.until:
                return row, False
            time.sleep(_POLL_S)

    def _is_settled(self, row: Row) -> bool:
        return self.version_id in {"", row["version_id"]} and row["status"] not in ON_THE_WAY

    def _is_overtaken(self) -> bool:
        try:
            return self.ports.uploads.current_version(self.key) != self.version_id
        except ObjectStorageUnavailableError:
            return False  # it may yet come
