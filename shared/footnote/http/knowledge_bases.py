"""`/v1/knowledge-bases/{name}/settings`: how a knowledge base wants to be answered."""

from dataclasses import asdict
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Path

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.domain.knowledge_base import KnowledgeBaseSettings, LabelRoutes
from footnote.http.contracts import KnowledgeBase
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts
from footnote.http.settings_contracts import SettingsBody, SettingsReply

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
        wanted = KnowledgeBaseSettings.of(settings.model_dump())
        if wanted.label_routes:
            _check(wanted.label_routes, kb, ports)
        ports.knowledge_bases.put_settings(kb, wanted)
        return _reply(name, wanted)


def _check(routes: LabelRoutes, kb: KnowledgeBaseId, ports: ApiPorts) -> None:
    """Refuse what would never decide anything; raises UnprocessableError."""
    try:
        _, checkpoint = ports.classify.classifiers.active(kb, routes.classifier)
    except NotFoundError as error:
        raise UnprocessableError(str(error)) from error
    labels = sorted(routes.models.keys() - set(checkpoint.labels))
    if labels:
        known = ", ".join(checkpoint.labels)
        message = f"{routes.classifier} knows no label {labels[0]!r}, only {known}"
        raise UnprocessableError(message)
    models = ports.ask.models.catalogue().models
    missing = [name for name in routes.models.values() if name is not None and name not in models]
    if missing:
        message = f"there is no model {missing[0]}; `footnote models list` shows those there are"
        raise UnprocessableError(message)


def _reply(name: str, settings: KnowledgeBaseSettings) -> SettingsReply:
    return SettingsReply(knowledge_base=name, **asdict(settings))
