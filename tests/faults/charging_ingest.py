"""`ingest` as it is deployed, with the real local model, whose work is put on a shelf's bill.

Loaded by an execution environment of the tests, as `functions/ingest/handler.py` is.
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from footnote import bootstrap
from footnote.deliveries import take_deliveries
from footnote.embedding.port import Embedder, Vector
from footnote.sqs_batch import deliveries_of, partial_response
from tests.faults.shelf import Shelf

EMBEDDED_TOGETHER = 16
# The variable that names the shelf's folder.
SHELF = "TESTS_SHELF"


class _Charging:
    """Embeds what it is given, and charges for it."""

    def __init__(self, real: Embedder, shelf: Shelf) -> None:
        self._real, self._shelf = real, shelf
        self.model, self.dimension = real.model, real.dimension

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self._shelf.charge(texts)
        return self._real.embed(texts)


def _charging(model: str) -> Embedder:
    return _Charging(bootstrap.embedder_of(model), Shelf(Path(os.environ[SHELF])))


def handler(event: dict[str, Any], context: Any) -> Mapping[str, object]:
    """The same as the deployed one, but for the bill and smaller batches."""
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000
    ports = bootstrap.delivery_ports()
    embed = replace(ports.ingest.embed, embedders=_charging, together=EMBEDDED_TOGETHER)
    ports = replace(ports, ingest=replace(ports.ingest, embed=embed))
    failed = take_deliveries(deliveries_of(event), ports, deadline=deadline)
    return partial_response(event, failed, context)
