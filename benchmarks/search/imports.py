"""What a cold start pays: importing and building the `api` function, and what Haystack imports."""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.environments import make_environment, python_of

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
# The handler as Lambda loads it, with everything that it needs for a question.
_OURS = "import handler; handler._api()"
# What the same takes with Haystack: its store and retriever, embedder, prompt, generator, pipeline.
_HAYSTACK = """
from haystack import Pipeline
from haystack.components.builders import ChatPromptBuilder
from haystack.components.embedders import OpenAITextEmbedder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack_integrations.components.retrievers.pgvector import PgvectorEmbeddingRetriever
from haystack_integrations.document_stores.pgvector import PgvectorDocumentStore
"""


def import_seconds(url: str, rounds: int = 7) -> dict[str, float]:
    """Medians over processes that are started in turn; starting Python itself is not counted."""
    make_environment("haystack", _HERE / "requirements-haystack.txt")
    # Nothing of this shell: where it forbids byte code, ours alone would be compiled each time.
    ours = {"PATH": os.defpath, "PYTHONPATH": str(_ROOT / "functions" / "api")}
    ours |= {"FOOTNOTE_DATABASE_URL": url}
    ours |= {"FOOTNOTE_EMBEDDING_API_KEY": "none", "AWS_REGION": "eu-central-1"}
    times: dict[str, list[float]] = {"footnote api": [], "haystack imports": []}
    for number in range(rounds + 1):
        spent = {
            "footnote api": _seconds(sys.executable, _OURS, ours),
            "haystack imports": _seconds(python_of("haystack"), _HAYSTACK, {"PATH": os.defpath}),
        }
        if number:  # the first one reads from the disk
            for name, seconds in spent.items():
                times[name].append(seconds)
    return {name: median(seconds) for name, seconds in times.items()}


def _seconds(python: str, code: str, environment: dict[str, str]) -> float:
    timed = f"import time\nbegan = time.perf_counter()\n{code}\nprint(time.perf_counter() - began)"
    ran = subprocess.run(  # noqa: S603 - our own code
        [python, "-c", timed], env=environment, check=True, capture_output=True, text=True
    )
    return float(ran.stdout.split()[-1])
