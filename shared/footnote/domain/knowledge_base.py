"""How a knowledge base wants its questions to be answered."""

from dataclasses import dataclass

# Of either text. They go into every prompt, so every question pays for them.
LONGEST_WISH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeBaseSettings:
    """What whoever runs a knowledge base wants; the rules of the prompt stay above it.

    `persona` says who speaks and in which tone, `answer_format` how an answer is laid out.
    `cache_answers`: whether answers are kept for the next time that the same is asked.
    """

    persona: str = ""
    answer_format: str = ""
    cache_answers: bool = True


USUAL_SETTINGS = KnowledgeBaseSettings()
