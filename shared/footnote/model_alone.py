"""A model without passages, as evaluations ask it: what it remembers, or that it does not know."""

import json
import time
from collections.abc import Iterable
from typing import Any

from footnote.answering.draft import DECLINE, says_decline
from footnote.answering.json_schema import Schema
from footnote.answering.output import read_json
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError
from footnote.domain.model import Model
from footnote.domain.prompt import Completion, Prompt
from footnote.evaluate import RefusedError
from footnote.generation.port import Generator

_DEADLINE_S = 25.0
_AGAIN_S = 2.0
_OUTPUT_SYSTEM = """\
You answer questions from what you know.

Reply with one JSON object and nothing around it: {"answered": true, "output": ...}. "output" is
what the question asks for, and fits the JSON schema below. If you do not know the answer, reply
with exactly: {"answered": false, "output": null}

The JSON schema of "output":
"""
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

    def ask(
        self,
        question: str,
        knowledge_base: str,  # noqa: ARG002
        output_schema: Schema | None = None,
    ) -> dict[str, Any]:
        """What the model writes; JSON where there is a schema, in one try."""
        began = time.perf_counter()
        written = self._written(_prompt(question, output_schema))
        spent = round((time.perf_counter() - began) * 1e3, 1)
        cost = self._model.cost(written.usage)
        said = _in_words(written.text) if output_schema is None else _output(written.text)
        return {
            **said,
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


def _prompt(question: str, schema: Schema | None) -> Prompt:
    if schema is None:
        return Prompt(system=_SYSTEM, user=question, question=question, passages=())
    reply_schema = {
        "type": "object",
        "properties": {
            "answered": {"type": "boolean"},
            "output": {"anyOf": [schema, {"type": "null"}]},
        },
        "required": ["answered", "output"],
        "additionalProperties": False,
    }
    return Prompt(
        system=f"{_OUTPUT_SYSTEM}{json.dumps(schema, ensure_ascii=False)}\n",
        user=question,
        question=question,
        passages=(),
        reply_schema=reply_schema,
    )


def _in_words(text: str) -> dict[str, Any]:
    return {"status": "declined" if says_decline(text) else "answered", "answer": text}


def _output(text: str) -> dict[str, Any]:
    """What a reply in JSON holds; whether it fits its schema is for others to say."""
    try:
        reply = read_json(text)
        answered, output = reply["answered"], reply["output"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {"status": "output_invalid", "answer": ""}
    if not answered:
        return {"status": "declined", "answer": text}
    answer = json.dumps(output, ensure_ascii=False)
    return {"status": "answered", "answer": answer, "output": output}
