"""What a knowledge base is set to, as it is sent and answered."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StringConstraints

from footnote.domain.knowledge_base import LONGEST_WISH
from footnote.http.contracts import Body, Reply
from footnote.http.text import Text, readable

Label = Annotated[Text, StringConstraints(min_length=1, max_length=64)]
Wish = Annotated[
    Text,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_WISH),
    AfterValidator(readable),
]


class LabelRoutesBody(Body):
    """Who answers questions of a label, as a classifier of the knowledge base tells it.

    `models`: by label the name of a model of `footnote models`, or null where the documents are not
    to answer: such questions are declined, and do not count as unanswered.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    classifier: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    models: Annotated[dict[Label, Label | None], Field(min_length=1, max_length=200)]


class SettingsBody(Body):
    """How a knowledge base wants its questions to be answered.

    `persona`: who speaks and in which tone. `answer_format`: how an answer is laid out. Models are
    told both below the rules, which stay as they are. `cache_answers`: whether answers are kept for
    the next time that the same is asked; turning it off deletes those that are. `label_routes`:
    whether a question's label says who answers it.
    """

    persona: Wish = ""
    answer_format: Wish = ""
    cache_answers: StrictBool = True
    label_routes: LabelRoutesBody | None = None


class SettingsReply(Reply):
    """The settings of a knowledge base, which need not have any documents yet."""

    knowledge_base: str
    persona: str
    answer_format: str
    cache_answers: bool
    label_routes: LabelRoutesBody | None
