"""How a knowledge base wants its questions to be answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

# Of either text. They go into every prompt, so every question pays for them.
LONGEST_WISH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRoutes:
    """Who answers questions of a label, as a classifier tells it.

    `models` has the name of a model by label, None where no document is to answer.
    """

    classifier: str
    models: Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeBaseSettings:
    """What whoever runs a knowledge base wants; the rules of the prompt stay above it.

    `persona` says who speaks and in which tone, `answer_format` how an answer is laid out.
    `cache_answers`: whether answers are kept for the next time that the same is asked.
    `label_routes`: whether a question's label says who answers it.
    """

    persona: str = ""
    answer_format: str = ""
    cache_answers: bool = True
    label_routes: LabelRoutes | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The settings in a row; the usual ones where it is empty."""
        routes = row.get("label_routes")
        plain = {name: value for name, value in row.items() if name != "label_routes"}
        return cls(**plain, label_routes=LabelRoutes(**routes) if routes else None)


USUAL_SETTINGS = KnowledgeBaseSettings()
