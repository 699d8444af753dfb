"""A model without passages, as evaluations ask it: what it remembers, or that it does not know."""

import time
from collections.abc import Iterable
from typing import Any

from footnote.answering.draft import DECLINE, says_decline
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError
from footnote.domain.model import Model
from footnote.domain.prompt import Completion, Prompt
from footnote.evaluate import RefusedError
from footnote.generation.port import Generator

_DEADLINE_S = 25.0
_AGAIN_S = 2.0
_SYSTEM = f"""\
You answer questions from what you know.

Rules:
- Write short, complete sentences in the language of the question.
- No links, no images, no HTML.
- If you do not know the answer, reply with exactly: {DECLINE}
"""


class ModelAlone:
    """Replies as the API does, where there is a model and nothing else."""

    def __init__(self, model: Model, generator: Generator) -> None:
        """`generator` is that model's."""
        self._model = model
        self._generator = generator

    def search(self, question: str, knowledge_base: str, top_k: int) -> dict[str, Any]:  # noqa: ARG002
        """Nothing is found: there are no documents."""
        return {"passages": []}

    def ask(self, question: str, knowledge_base: str) -> dict[str, Any]:  # noqa: ARG002
        """What the model writes."""
        began = time.perf_counter()
        prompt = Prompt(system=_SYSTEM, user=question, question=question, passages=())
        written = self._written(prompt)
        spent = round((time.perf_counter() - began) * 1e3, 1)
        cost = self._model.cost(written.usage)
        return {
            "status": "declined" if says_decline(written.text) else "answered",
            "answer": written.text,
            "model": self._model.name,
            "usage": {
                "input_tokens": written.usage.input_tokens,
                "output_tokens": written.usage.output_tokens,
            },
            "cost_usd": None if cost is None else float(cost),
            "timings_ms": {"answer": spent, "total": spent},
        }

    def chunks(self, document_id: str) -> Iterable[dict[str, Any]]:  # noqa: ARG002
        """None: there are no documents."""
        return ()

    def _written(self, prompt: Prompt) -> Completion:
        try:
            return self._generator.generate(prompt, deadline_s=_DEADLINE_S)
        except ModelUnavailableError as error:
            raise RefusedError(str(error), error.retry_after_s or _AGAIN_S) from error
        except ModelRefusedError as error:
            raise RefusedError(str(error)) from error
