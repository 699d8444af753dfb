"""Chat completions in OpenAI's form, as far as a knowledge base can be a model of them."""

from typing import Annotated, Any, Literal

from pydantic import AliasPath, BaseModel, ConfigDict, Field, StringConstraints

from footnote.http.contracts import AskReply, KnowledgeBase
from footnote.http.text import Text

_MOST_MESSAGES = 200


class _Body(BaseModel):
    # Clients send what other models take, such as a temperature; here it says nothing.
    model_config = ConfigDict(extra="ignore", frozen=True)


class TextPart(_Body):
    """A part of a message that has several."""

    type: Literal["text"]
    text: Text


class Message(_Body):
    """What somebody said. Only what users said counts: it is all that a caller can know."""

    role: Annotated[Text, StringConstraints(max_length=64)]
    content: Text | list[TextPart] | None = None

    @property
    def words(self) -> str:
        """Its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content).strip()
        return (self.content or "").strip()


class ChatRequest(_Body):
    """`POST /v1/chat/completions`: the last of the user's messages is the question."""

    model: KnowledgeBase
    messages: Annotated[list[Message], Field(min_length=1, max_length=_MOST_MESSAGES)]
    stream: bool = False
    output_schema: dict[str, Any] | None = Field(
        None, validation_alias=AliasPath("response_format", "json_schema", "schema")
    )


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
