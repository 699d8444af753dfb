"""What is answered about how it is: the models that write, and the recall of the index."""

from datetime import date

from pydantic import Field

from footnote.http.contracts import Probability, Reply


class ModelHealth(Reply):
    """A model that answers; `held_s`: seconds that it is left alone for, because it was down."""

    name: str
    checkpoint: str | None
    sunset: date | None
    held_s: float


class RecallReply(Reply):
    """What checks of live searches came to; `exact` where searches are exact and need none.

    Of `checks`, `measured` ended in time. `recall` is the share of passages that live searches
    found, `lowest` that of the worst search.
    """

    knowledge_base: str = Field(validation_alias="kb")
    chunks: int
    exact: bool
    checks: int
    measured: int
    recall: Probability | None
    lowest: Probability | None


class HealthReply(Reply):
    """Whether questions can be answered now, and by whom.

    `next_sunset`: the first day on which a model that any route leads to is dropped.
    """

    status: str
    embedding_model: str
    generation_model: str
    models: list[ModelHealth]
    next_sunset: date | None
    version: str
