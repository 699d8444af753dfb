"""Remembers the registry for a few seconds, so that a question costs no extra round trip."""

import time
from collections.abc import Callable
from typing import Protocol

from footnote.domain.errors import DatabaseUnavailableError
from footnote.domain.model import EVERY_KB, Catalogue, Model, Route

REMEMBERED_S = 10.0
_SETTINGS = "FOOTNOTE_GENERATION"


class Registry(Protocol):
    """Where models and routes are kept."""

    def catalogue(self) -> Catalogue:
        """All of them, as they are now."""
        ...


class RecentModels:
    """The registry as it was a few seconds ago; while the database is away, as it was last known.

    Where no route is for all knowledge bases, the model of the settings answers the others.
    """

    def __init__(
        self,
        source: Registry,
        settings_model: Model | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._clock = clock
        self._settings_model = settings_model
        self._known: Catalogue | None = None
        self._read_at = 0.0

    def catalogue(self) -> Catalogue:
        """Models and routes."""
        known = self._known
        if known is None or self._clock() - self._read_at > REMEMBERED_S:
            try:
                known = self._with_settings(self._source.catalogue())
            except DatabaseUnavailableError:
                if known is None:
                    raise
            self._known, self._read_at = known, self._clock()
        return known

    def _with_settings(self, found: Catalogue) -> Catalogue:
        model = self._settings_model
        if model is None or found.is_complete:
            return found
        return Catalogue(
            # Under a key that no registered model can have: theirs may have the same name.
            models={**found.models, _SETTINGS: model},
            routes={**found.routes, EVERY_KB: Route(steps=(_SETTINGS,))},
        )
