"""`POST /v1/feedback`: what people say of an answer."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from footnote.domain.errors import NotFoundError
from footnote.domain.feedback import Feedback
from footnote.domain.question import QuestionId
from footnote.http.contracts import FeedbackBody, FeedbackReply
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts


def add_feedback_route(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the route."""

    @app.post("/v1/feedback", tags=["questions"])
    def post_feedback(request: FeedbackBody) -> FeedbackReply:
        """A thumb up or down, and what the answer should have been; the last word counts."""
        question_id = str(request.question_id)
        given = Feedback(
            question_id=QuestionId(question_id),
            rating=request.rating,
            comment=request.comment,
            correction=request.correction,
        )
        if not ports.feedback.give(given, caller_of(app).knowledge_bases):
            message = f"there is no question {question_id}"
            raise NotFoundError(message)
        return FeedbackReply(question_id=question_id, rating=request.rating)
