"""`/v1/knowledge-bases/{name}/settings`: how a knowledge base wants to be answered."""

from dataclasses import asdict
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Path

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.knowledge_base import KnowledgeBaseSettings
from footnote.http.contracts import KnowledgeBase, SettingsBody, SettingsReply
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts

type Name = Annotated[KnowledgeBase, Path()]


def add_settings_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes."""

    @app.get("/v1/knowledge-bases/<name>/settings", tags=["knowledge bases"])
    def get_settings(name: Name) -> SettingsReply:
        """Who speaks, how answers are laid out, and whether they are kept."""
        kb = caller_of(app).into(KnowledgeBaseId(name))
        return _reply(name, ports.knowledge_bases.settings(kb))

    @app.put("/v1/knowledge-bases/<name>/settings", tags=["knowledge bases"])
    def put_settings(name: Name, settings: SettingsBody) -> SettingsReply:
        """Replace all of them; what is left out is as it was in the beginning."""
        kb = caller_of(app).into(KnowledgeBaseId(name))
        wanted = KnowledgeBaseSettings(**settings.model_dump())
        ports.knowledge_bases.put_settings(kb, wanted)
        return _reply(name, wanted)


def _reply(name: str, settings: KnowledgeBaseSettings) -> SettingsReply:
    return SettingsReply(knowledge_base=name, **asdict(settings))
