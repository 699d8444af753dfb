"""`/v1/questions`: what was asked, and what people who know say is right for it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.domain.label import Label, LabelKind, LabelledPassage
from footnote.http.contracts import KnowledgeBase, Words
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts
from footnote.http.text import Text

type Id = Annotated[UUID, Path()]
type Base = Annotated[KnowledgeBase, Query()]


class LabelledPassageBody(BaseModel):
    """A passage as `POST /v1/search` tells it: the key of its document, and its whole text."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    key: Annotated[Text, StringConstraints(min_length=1, max_length=1100)]
    text: Annotated[Text, StringConstraints(min_length=1, max_length=20_000)]


class LabelBody(BaseModel):
    """`PUT /v1/questions/{question_id}/label`; `answer` is null where the documents do not tell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer: Annotated[Words, StringConstraints(max_length=4000)] | None
    passages: Annotated[list[LabelledPassageBody], Field(max_length=20)] = []
    knowledge_base: KnowledgeBase = "default"


class LabelReply(BaseModel):
    """What is right for a question."""

    model_config = ConfigDict(from_attributes=True)

    answer: str | None
    passages: list[LabelledPassageBody]


class AskedQuestionReply(BaseModel):
    """A wording of a question, as it was asked last; who asked it is not told."""

    model_config = ConfigDict(from_attributes=True)

    question_id: str
    question: str
    asked_at: datetime
    times: int
    status: str
    rating: str | None
    label: LabelReply | None
    labelled_at: datetime | None


class AskedQuestionsReply(BaseModel):
    """The latest first; what was labelled stands under `labelled` alone."""

    questions: list[AskedQuestionReply]


class LabelledReply(BaseModel):
    """A question and whether it has a label now."""

    question_id: str
    labelled: bool


def add_label_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes."""

    @app.get("/v1/questions", tags=["questions"])
    def list_questions(
        knowledge_base: Base = "default",
        kind: Annotated[LabelKind, Query()] = LabelKind.UNANSWERED,
        limit: Annotated[int, Query(ge=1, le=200)] = 20,
    ) -> AskedQuestionsReply:
        """Questions that nobody has labelled yet, or those that somebody has."""
        found = ports.labels.questions(_reached(app, knowledge_base), kind, limit)
        return AskedQuestionsReply(
            questions=[AskedQuestionReply.model_validate(one) for one in found]
        )

    @app.put("/v1/questions/<question_id>/label", tags=["questions"])
    def put_label(question_id: Id, request: LabelBody) -> LabelledReply:
        """Say what is right: the answer with the passages that hold it, or that none does."""
        kb = _reached(app, request.knowledge_base)
        label = Label(
            answer=request.answer,
            passages=tuple(LabelledPassage(key=one.key, text=one.text) for one in request.passages),
        )
        if not ports.labels.is_asked(kb, str(question_id)):
            raise _no_question(question_id, kb)
        _check(label, kb, ports)
        if ports.labels.put(kb, str(question_id), label) is None:
            raise _no_question(question_id, kb)
        return LabelledReply(question_id=str(question_id), labelled=True)

    @app.delete("/v1/questions/<question_id>/label", tags=["questions"])
    def delete_label(question_id: Id, knowledge_base: Base = "default") -> LabelledReply:
        """Forget what was said of a question."""
        kb = _reached(app, knowledge_base)
        if not ports.labels.remove(kb, str(question_id)):
            message = f"the question {question_id} has no label in {kb}"
            raise NotFoundError(message)
        return LabelledReply(question_id=str(question_id), labelled=False)


def _reached(app: APIGatewayRestResolver, name: str) -> KnowledgeBaseId:
    return caller_of(app).into(KnowledgeBaseId(name))


def _no_question(question_id: UUID, kb: KnowledgeBaseId) -> NotFoundError:
    return NotFoundError(f"there is no question {question_id} in {kb}; it may have been forgotten")


def _check(label: Label, kb: KnowledgeBaseId, ports: ApiPorts) -> None:
    """Refuse passages that bear nothing out; raises UnprocessableError."""
    if label.answer is None and label.passages:
        message = "passages answer a question: without an answer there are none"
        raise UnprocessableError(message)
    outside = [one.key for one in label.passages if not one.key.startswith(f"{kb}/")]
    unknown = outside or ports.labels.unknown(kb, label.passages)
    if unknown:
        message = f"{unknown[0]} does not hold that passage now: search again, and mark it there"
        raise UnprocessableError(message)
