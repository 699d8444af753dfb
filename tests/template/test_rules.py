"""Every rule holds for the template that CloudFormation gets, and catches those that break it."""

from importlib import import_module

import pytest

from tests.template.rules.stack import MUTANTS, RULES, transformed

pytestmark = pytest.mark.template

for module in ("queues", "bucket", "functions", "access", "database", "watching", "starting"):
    import_module(f"tests.template.rules.{module}")

MOST_RESOURCES = 500  # AWS CloudFormation quotas


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_template_keeps_the_rule(name: str) -> None:
    assert list(RULES[name](transformed())) == []


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_template_that_breaks_the_rule_is_caught(name: str) -> None:
    rule, mutate = MUTANTS[name]
    spoiled, whole = transformed(), transformed()
    mutate(spoiled)
    assert spoiled.template != whole.template
    assert list(RULES[rule](spoiled))


def test_every_rule_has_a_mutant_that_it_catches() -> None:
    assert {rule for rule, _ in MUTANTS.values()} == set(RULES)


def test_the_stack_has_room_to_grow() -> None:
    assert len(transformed().template["Resources"]) < MOST_RESOURCES / 2
