"""What the rest of Footnote needs from an embedding model."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol

from footnote.domain.access import Caller

type Vector = list[float]


class Embedder(Protocol):
    """Turns texts into unit vectors of `dimension` floats; `model` names what made them."""

    model: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One finite, non-zero, L2-normalised vector per text, in order.

        Raises:
            ModelUnavailableError: the endpoint is down, slow or overloaded.
            ModelRefusedError: the endpoint rejects the request, or its reply is not usable.
        """
        ...


# The embedder of a model by its name: an index is searched and filled with the model it began with.
type Embedders = Callable[[str], Embedder]


class PricedEmbedding(Protocol):
    """What embedding costs, and who pays for it."""

    def paid_by(self, caller: Caller, embedder: Embedder) -> Embedder:
        """The embedder, which the caller pays for where anything limits them."""
        ...

    def cost(self, model: str, texts: Sequence[str]) -> Decimal:
        """US dollars for embedding these texts."""
        ...
