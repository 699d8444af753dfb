"""Chat completions in OpenAI's form, as far as a knowledge base can be a model of them."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StringConstraints,
    Tag,
)

from footnote.http.contracts import AskReply
from footnote.http.text import Text

_MOST_MESSAGES = 200
_MOST_PARTS = 100


class _Body(BaseModel):
    # Clients send what other models take, such as a temperature; here it says nothing.
    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(_Body):
    """A part of a message that has several: a text, or what no question can be made of."""

    type: Annotated[Text, StringConstraints(max_length=64)]
    text: Text | None = None


def _form_of(content: Any) -> str:
    return "parts" if isinstance(content, list) else "text"


# Told apart before they are read: each of a million parts would be an error of its own.
type Content = Annotated[
    Annotated[Text, Tag("text")]
    | Annotated[list[Part], Field(max_length=_MOST_PARTS), Tag("parts")],
    Discriminator(_form_of),
]


class Message(_Body):
    """What somebody said. Only what users said counts: it is all that a caller can know."""

    role: Annotated[Text, StringConstraints(max_length=64)]
    content: Content | None = None

    @property
    def words(self) -> str:
        """Its text.

        Raises:
            ValueError: a part of it is a picture, a sound or a file.
        """
        if not isinstance(self.content, list):
            return (self.content or "").strip()
        other = next((part.type for part in self.content if part.text is None), None)
        if other:
            message = f"messages: questions are text, and a part of one is {other}; leave it out"
            raise ValueError(message)
        return "\n".join(part.text or "" for part in self.content).strip()


class StreamOptions(_Body):
    """What a stream tells besides the answer."""

    include_usage: StrictBool = False


class OutputForm(_Body):
    """The JSON schema of what is wanted instead of sentences."""

    schema_: Annotated[dict[str, Any], Field(alias="schema")]


class TextFormat(_Body):
    """Sentences: the usual form."""

    type: Literal["text"]


class SchemaFormat(_Body):
    """A value that fits a schema."""

    type: Literal["json_schema"]
    json_schema: OutputForm


def _refuse_any_json(value: Any) -> Any:
    if isinstance(value, dict) and value.get("type") == "json_object":
        message = "JSON of any form cannot be checked against documents; give a json_schema"
        raise ValueError(message)
    return value


type ResponseFormat = Annotated[
    Annotated[TextFormat | SchemaFormat, Field(discriminator="type")],
    BeforeValidator(_refuse_any_json),
]


class ChatRequest(_Body):
    """`POST /v1/chat/completions`: the last of the user's messages is the question.

    `model` is a knowledge base. What else models take, such as a temperature, is ignored.
    """

    model: Annotated[Text, StringConstraints(max_length=200)]
    messages: Annotated[list[Message], Field(min_length=1, max_length=_MOST_MESSAGES)]
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    response_format: ResponseFormat | None = None

    @property
    def output_schema(self) -> dict[str, Any] | None:
        """The schema that the answer has to fit, if one does."""
        wanted = self.response_format
        return wanted.json_schema.schema_ if isinstance(wanted, SchemaFormat) else None


class UrlCitation(BaseModel):
    """Where a marker stands in the content, and what it refers to."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AssistantMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The only answer that there is."""

    index: Literal[0] = 0
    message: AssistantMessage
    finish_reason: Literal["stop", "length"]


class ChatUsage(BaseModel):
    """Tokens of the model behind the knowledge base."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatReply(BaseModel):
    """A completion; `footnote` is the same answer as `/v1/ask` gives it."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: ChatUsage
    footnote: AskReply


class ChatModel(BaseModel):
    """A knowledge base that may be asked."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["footnote"] = "footnote"


class ChatModels(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[ChatModel]
