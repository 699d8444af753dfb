"""The routes that a first request seldom is for: they are loaded when one of them is asked for."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from footnote.http.bedrock.routes import add_bedrock_routes
from footnote.http.chat import add_chat_routes
from footnote.http.classify import add_classify_route
from footnote.http.conversations import add_conversation_route
from footnote.http.documents import add_document_routes
from footnote.http.feedback import add_feedback_route
from footnote.http.golden import add_golden_routes
from footnote.http.keys import add_key_routes
from footnote.http.knowledge_bases import add_settings_routes
from footnote.http.labels import add_label_routes
from footnote.http.mcp.routes import add_mcp_routes
from footnote.http.pages import add_page_routes
from footnote.http.ports import ApiPorts
from footnote.http.recall import add_recall_route
from footnote.http.retries import add_retry_route
from footnote.http.unanswered import add_unanswered_routes
from footnote.http.usage import add_usage_route
from footnote.http.widget import add_widget_route


def add_other_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind all routes but those that questions come by."""
    add_chat_routes(app, ports)
    add_mcp_routes(app, ports)
    add_bedrock_routes(app, ports)
    add_feedback_route(app, ports)
    add_classify_route(app, ports)
    add_conversation_route(app, ports)
    add_document_routes(app, ports)
    add_retry_route(app, ports)
    add_recall_route(app, ports)
    add_unanswered_routes(app, ports)
    add_golden_routes(app, ports)
    add_label_routes(app, ports)
    add_settings_routes(app, ports)
    add_key_routes(app, ports)
    add_usage_route(app, ports)
    add_page_routes(app, ports)
    add_widget_route(app)
