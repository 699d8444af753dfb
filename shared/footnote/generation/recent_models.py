"""Remembers the registry for a few seconds, so that a question costs no extra round trip."""

import time
from collections.abc import Callable
from typing import Protocol

from footnote.domain.errors import DatabaseUnavailableError
from footnote.domain.model import EVERY_KB, Catalogue, Model, Route

REMEMBERED_S = 10.0


class Registry(Protocol):
    """Where models and routes are kept."""

    def catalogue(self) -> Catalogue:
        """All of them, as they are now."""
        ...


class RecentModels:
    """The registry as it was a few seconds ago; the settings' model where it has no route.

    While the database is away, the last that was known counts.
    """

    def __init__(
        self,
        source: Registry,
        settings_model: Model | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._clock = clock
        self._default = _only(settings_model)
        self._known: Catalogue | None = None
        self._read_at = 0.0

    def catalogue(self) -> Catalogue:
        """Models and routes."""
        if self._known is None or self._clock() - self._read_at > REMEMBERED_S:
            try:
                found = self._source.catalogue()
            except DatabaseUnavailableError:
                if self._known is None:
                    raise
                found = self._known
            self._known = found if found.routes else self._default
            self._read_at = self._clock()
        return self._known


def _only(model: Model | None) -> Catalogue:
    if model is None:
        return Catalogue(models={}, routes={})
    return Catalogue(models={model.name: model}, routes={EVERY_KB: Route(steps=(model.name,))})
