"""The registry, remembered for a few seconds."""

import pytest

from footnote.domain.errors import DatabaseUnavailableError
from footnote.domain.model import EVERY_KB, Route
from footnote.generation.recent_models import REMEMBERED_S, RecentModels
from tests.asking import KB, FakeRegistry, a_model, asked
from tests.unit.test_circuit_breaker import Clock

SETTINGS = a_model("gpt-4.1-mini")
ROUTE = Route(steps=("small",))


def names(models: RecentModels, kb: str = "any") -> list[str]:
    return [model.name for model in models.catalogue().plan(asked("q", kb=kb)).steps]


def test_a_change_is_noticed_within_seconds_and_questions_in_between_cost_nothing() -> None:
    clock = Clock()
    registry = FakeRegistry(routes=[ROUTE], models=[a_model("small"), a_model("large")])
    models = RecentModels(registry, None, clock)
    assert names(models) == ["small"]
    registry.routes = [Route(steps=("large",))]
    assert (names(models), registry.reads) == (["small"], 1)
    clock.now += REMEMBERED_S + 1
    assert (names(models), registry.reads) == (["large"], 2)


def test_the_last_that_was_known_counts_while_the_database_is_away() -> None:
    clock = Clock()
    registry = FakeRegistry(routes=[ROUTE], models=[a_model("small")])
    models = RecentModels(registry, None, clock)
    assert names(models) == ["small"]
    registry.down = True
    clock.now += REMEMBERED_S + 1
    assert names(models) == ["small"]


def test_nothing_known_and_no_database_is_an_error() -> None:
    with pytest.raises(DatabaseUnavailableError):
        names(RecentModels(FakeRegistry(down=True), SETTINGS))


def test_without_a_route_the_model_of_the_settings_answers() -> None:
    unrouted = FakeRegistry(models=[a_model("small")])
    assert names(RecentModels(unrouted, SETTINGS)) == ["gpt-4.1-mini"]
    assert names(RecentModels(unrouted, None)) == []


def test_a_route_of_one_knowledge_base_leaves_the_settings_to_the_others() -> None:
    registry = FakeRegistry(routes=[Route(kb=KB, steps=("small",))], models=[a_model("small")])
    models = RecentModels(registry, SETTINGS)
    assert (names(models, KB), names(models)) == (["small"], ["gpt-4.1-mini"])


def test_a_route_for_all_replaces_the_settings() -> None:
    registry = FakeRegistry(
        routes=[Route(kb=EVERY_KB, steps=("small",))], models=[a_model("small")]
    )
    assert names(RecentModels(registry, SETTINGS)) == ["small"]
