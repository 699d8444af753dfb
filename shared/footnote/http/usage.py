"""`GET /v1/usage`: what was asked, what became of it, and what it cost."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from footnote.access.granting import is_within
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import InvalidRequestError
from footnote.domain.spending import Budget
from footnote.domain.usage import Asked, Called, ModelUse, Period, Step
from footnote.http.contracts import KnowledgeBase
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts
from footnote.http.usage_contracts import (
    TIME,
    BudgetReply,
    ModelUsage,
    TimeReply,
    UsageFigures,
    UsagePart,
)

_ABOUT = "A time such as 2026-11-01 or 2026-11-01T12:00Z; without an offset it is UTC."


def add_usage_route(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the route."""

    @app.get("/v1/usage", tags=["service"])
    def get_usage(
        knowledge_base: Annotated[KnowledgeBase | None, Query()] = None,
        since: Annotated[str | None, Query(alias="from", pattern=TIME, description=_ABOUT)] = None,
        until: Annotated[str | None, Query(alias="to", pattern=TIME, description=_ABOUT)] = None,
        by: Annotated[Step, Query()] = Step.DAY,
    ) -> TimeReply:
        """The ledger, added up: of one knowledge base, or of all that the key reaches."""
        caller = caller_of(app)
        kbs = caller.knowledge_bases
        if knowledge_base is not None:
            kbs = (caller.into(KnowledgeBaseId(knowledge_base)),)
        period = Period.of(_time("from", since), _time("to", until), by)
        found = ports.usage.usage(period, kbs)
        return TimeReply(
            knowledge_base=knowledge_base,
            since=period.since,
            until=period.until,
            by=by,
            total=UsageFigures.model_validate(_figures(found.asked, found.called)),
            parts=[
                UsagePart.model_validate({"at": part.at, **_figures(part.asked, part.called)})
                for part in found.parts
            ],
            models=[_model(use) for use in found.models],
            budgets=[
                _budget(one) for one in ports.budgets() if is_within(caller, one.knowledge_bases)
            ],
        )


def _time(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.upper())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except ValueError as error:
        message = f"{name}: {error}"
        raise InvalidRequestError(message) from None


def _figures(asked: Asked, called: Called) -> dict[str, object]:
    whole = called.cost_usd + asked.finding_usd
    return {**asdict(asked), **asdict(called), "cost_usd": whole}


def _model(use: ModelUse) -> ModelUsage:
    about = asdict(use)
    return ModelUsage.model_validate(about | about.pop("called"))


def _budget(budget: Budget) -> BudgetReply:
    left = max(budget.daily_usd - budget.spent_usd, budget.daily_usd * 0)
    return BudgetReply.model_validate(asdict(budget) | {"left_usd": left})
