"""Who answers a question, by its label: a model of that label, or nobody, as no document should."""

from dataclasses import dataclass, replace
from decimal import Decimal

from footnote.classify import ClassifyPorts
from footnote.domain.errors import NotFoundError, RateLimitedError, TransientError
from footnote.domain.knowledge_base import LabelRoutes
from footnote.domain.model import Catalogue, Plan
from footnote.domain.passage import Retrieval
from footnote.domain.question import Question
from footnote.observability import logger


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """Who is asked, and the label that decided it; no plan where no document is to answer.

    `cost_usd`: of embedding the question once more, by the classifier's model.
    """

    plan: Plan | None
    label: str | None = None
    cost_usd: Decimal = Decimal(0)


def routed(
    question: Question, found: Retrieval, catalogue: Catalogue, ports: ClassifyPorts | None
) -> Routed:
    """The usual plan, unless a label that the classifier is sure of says otherwise.

    Nothing that fails here keeps a question from being answered as usual.
    """
    usual = Routed(plan=catalogue.plan(question))
    routes = found.settings.label_routes
    if routes is None or ports is None:
        return usual
    label, cost_usd = _label(question, found, routes, ports)
    return replace(_by_label(label, routes, usual, catalogue), cost_usd=cost_usd)


def _by_label(
    label: str | None, routes: LabelRoutes, usual: Routed, catalogue: Catalogue
) -> Routed:
    if label is None or label not in routes.models:
        return usual
    name = routes.models[label]
    if name is None:
        return Routed(plan=None, label=label)
    return _with_model(name, label, usual, catalogue)


def _with_model(name: str, label: str, usual: Routed, catalogue: Catalogue) -> Routed:
    """The model of the label first, then those of the route; it is no part of an experiment."""
    model = catalogue.models.get(name)
    if model is None or usual.plan is None:
        logger.warning("the model of a label is not registered", model=name)
        return usual
    rest = (step for step in usual.plan.steps if step.name != name)
    return Routed(plan=replace(usual.plan, steps=(model, *rest), arm=None), label=label)


def _label(
    question: Question, found: Retrieval, routes: LabelRoutes, ports: ClassifyPorts
) -> tuple[str | None, Decimal]:
    vector, cost_usd = found.embedding, Decimal(0)
    if vector is None:
        return None, cost_usd  # the embedding model is down, and is not waited for twice
    try:
        _, checkpoint = ports.classifiers.active(question.kb, routes.classifier)
        if found.embedding_model != checkpoint.model:
            texts = [question.wanted]
            (vector,) = ports.embedded(texts, checkpoint.model, question.caller)
            cost_usd = ports.price.cost(checkpoint.model, texts) if ports.price else cost_usd
    except (NotFoundError, RateLimitedError, TransientError) as error:
        logger.warning("a question has no label", reason=type(error).__name__)
        return None, cost_usd
    return checkpoint.labelled(vector).label, cost_usd
