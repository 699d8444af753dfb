"""Which models an arm asks: from the registry and a knowledge base's route."""

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.model import EVERY_KB, Catalogue, Model, Route
from footnote.evaluation.arms import Arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Models of an evaluation by name; without `model`, the first one of the route."""

    kb: KnowledgeBaseId
    model: str | None = None
    fine_tuned: str | None = None


@dataclass(frozen=True, slots=True)
class OneRoute:
    """A registry in which the same models answer every question."""

    steps: Sequence[Model]

    def catalogue(self) -> Catalogue:
        """These models, on a route for all."""
        models = {model.name: model for model in self.steps}
        routes = {EVERY_KB: Route(steps=tuple(models))} if models else {}
        return Catalogue(models=models, routes=routes)


def models_of(arm: Arm, catalogue: Catalogue, chosen: Chosen) -> tuple[Model, ...]:
    """The models that an arm asks, one after the other; none where sentences are extracted.

    Raises:
        UnprocessableError: there is no such model, or the arm needs one that is not named.
    """
    if arm in (Arm.FINE_TUNED, Arm.BOTH):
        return (_tuned(arm, catalogue, chosen),)
    if arm is Arm.CASCADE:
        return _cascade(catalogue, chosen)
    first = _first(catalogue, chosen)
    if arm is Arm.BASE and not first:
        message = f"no model answers {chosen.kb}, so there is none to ask without passages: --model"
        raise UnprocessableError(message)
    return first


def _route(catalogue: Catalogue, chosen: Chosen) -> tuple[Model, ...]:
    route = catalogue.route(chosen.kb)
    return tuple(catalogue.models[name] for name in route.steps) if route else ()


def _first(catalogue: Catalogue, chosen: Chosen) -> tuple[Model, ...]:
    if chosen.model:
        return (named_model(catalogue, chosen.model),)
    return _route(catalogue, chosen)[:1]


def _tuned(arm: Arm, catalogue: Catalogue, chosen: Chosen) -> Model:
    if not chosen.fine_tuned:
        message = f"the arm {arm} needs --fine-tuned, the name of a model of `footnote models list`"
        raise UnprocessableError(message)
    return named_model(catalogue, chosen.fine_tuned)


def _cascade(catalogue: Catalogue, chosen: Chosen) -> tuple[Model, ...]:
    """The route where it has several steps, else the fine-tuned model before the other one."""
    route = _route(catalogue, chosen)
    if len(route) < 2 and chosen.fine_tuned:
        route = (named_model(catalogue, chosen.fine_tuned), *_first(catalogue, chosen))
    if len({model.name for model in route}) < 2:
        message = f"a cascade takes two models, and {chosen.kb} has a route of {len(route)}"
        raise UnprocessableError(message)
    return route


def named_model(catalogue: Catalogue, name: str) -> Model:
    """A registered model.

    Raises:
        UnprocessableError: there is none of that name.
    """
    if model := catalogue.models.get(name):
        return model
    message = f"there is no model {name}; `footnote models list` shows those there are"
    raise UnprocessableError(message)
