"""`DELETE /v1/conversations/{id}`: what was asked in a conversation is forgotten."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Path

from footnote.domain.errors import NotFoundError
from footnote.http.contracts import ForgottenReply
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts
from footnote.http.text import Text


def add_conversation_route(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the route."""

    @app.delete("/v1/conversations/<conversation_id>", tags=["questions"])
    def delete_conversation(
        conversation_id: Annotated[Text, Path(max_length=64)],
    ) -> ForgottenReply:
        """Forget its questions, and what was said and kept of them; sums without words stay."""
        forgotten = ports.retention.forget_conversation(conversation_id, caller_of(app))
        if not forgotten.questions:
            message = "there is no such conversation, or not one that this key may delete"
            raise NotFoundError(message)
        return ForgottenReply(
            conversation_id=conversation_id,
            questions=forgotten.questions,
            kept_answers=forgotten.answers,
        )
