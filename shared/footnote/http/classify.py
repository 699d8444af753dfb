"""`POST /v1/classify`: which label texts have, as a classifier of the knowledge base says."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from footnote.classify import classify
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import InvalidRequestError, TooLargeError
from footnote.http.contracts import KnowledgeBase, Probability, Words
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts

_MOST_TEXTS = 64


class ClassifyRequest(BaseModel):
    """`POST /v1/classify`: one `text`, or several `texts`."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"oneOf": [{"required": ["text"]}, {"required": ["texts"]}]},
    )

    text: Words = ""
    texts: Annotated[list[Words], Field(min_length=1, max_length=_MOST_TEXTS)] = []
    knowledge_base: KnowledgeBase = "default"
    classifier: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] = "default"


class LabelReply(BaseModel):
    """What is said of one text; `label` is null where the classifier abstains."""

    label: str | None
    abstained: bool
    probabilities: dict[str, Probability]


class ClassifyReply(BaseModel):
    """The labels in the order of the texts, and the checkpoint that said them."""

    classifier: str
    checkpoint: int
    labels: list[LabelReply]


def add_classify_route(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the route."""

    @app.post("/v1/classify", tags=["questions"])
    def post_classify(request: ClassifyRequest) -> ClassifyReply:
        """The likeliest label of each text, where it is likely enough, and all probabilities."""
        caller = caller_of(app)
        kb = caller.into(KnowledgeBaseId(request.knowledge_base))
        texts = _texts(request, ports.max_question_chars)
        number, told = classify(texts, kb, request.classifier, ports.classify, caller)
        return ClassifyReply(
            classifier=request.classifier,
            checkpoint=number,
            labels=[
                LabelReply(
                    label=one.label,
                    abstained=one.abstained,
                    probabilities={
                        name: round(part, 6) for name, part in one.probabilities.items()
                    },
                )
                for one in told
            ],
        )


def _texts(request: ClassifyRequest, longest: int) -> list[str]:
    if bool(request.text) == bool(request.texts):
        message = "give either text or texts"
        raise InvalidRequestError(message)
    texts = [request.text] if request.text else request.texts
    if any(len(text) > longest for text in texts):
        message = f"a text has at most {longest} characters"
        raise TooLargeError(message)
    return texts
