"""What answering needs from a model endpoint."""

from collections.abc import Iterator
from typing import Protocol

from footnote.domain.prompt import Completion, Prompt


class Generator(Protocol):
    """A model endpoint plus a model's name; `model` is what the reply and the ledger show."""

    model: str

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        """Write an answer within `deadline_s` seconds.

        Raises:
            ModelUnavailableError: the endpoint is down, slow or overloaded.
            ModelRefusedError: the endpoint rejects the request, or its reply is not usable.
        """
        ...

    def stream(
        self, prompt: Prompt, *, deadline_s: float, most_s: float | None = None
    ) -> Iterator[str | Completion]:
        """The same piece by piece, as it is written; the whole comes last.

        While words keep coming it may take longer than `deadline_s` seconds, `most_s` in all.

        Raises:
            ModelUnavailableError, ModelRefusedError: as `generate`, also behind some pieces.
        """
        ...
