"""`/healthz`, for watchers."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from footnote.domain.model import EVERY_KB
from footnote.http.health_contracts import HealthReply, ModelHealth
from footnote.http.question_ports import HealthPorts


def add_health_route(app: APIGatewayRestResolver, ports: HealthPorts) -> None:
    """Bind the route that tells how the service is."""

    @app.get("/healthz", tags=["service"])
    def get_health() -> HealthReply:
        """Answers 200 when questions can be answered."""
        ports.database_is_up()
        models = _models(ports)
        return HealthReply(
            status="ok",
            embedding_model=ports.embedding_model,
            generation_model=models[0].name if models else ports.ask.cascade.extractive.model,
            models=models,
            next_sunset=ports.ask.models.catalogue().next_sunset,
            version=ports.version,
        )


def _models(ports: HealthPorts) -> list[ModelHealth]:
    """Who is asked, in this order, where a knowledge base has no route of its own."""
    catalogue = ports.ask.models.catalogue()
    route = catalogue.route(EVERY_KB)
    models = [catalogue.models[name] for name in route.steps] if route else []
    return [
        ModelHealth(
            name=model.name,
            checkpoint=model.checkpoint,
            sunset=model.sunset,
            held_s=round(ports.ask.cascade.breakers[model.endpoint].held_s(), 1),
        )
        for model in models
    ]
