"""The transformed template as rules look at it, and the table of rules with their mutants."""

import copy
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.template.sam_template import ROOT, Block

NOTHING = {"Ref": "AWS::NoValue"}

type Rule = Callable[[Stack], Iterator[str]]
type Mutation = Callable[[Stack], object]


@dataclass(frozen=True, slots=True)
class Stack:
    """What CloudFormation gets: every resource, conditional ones included."""

    template: Block

    def of(self, *kinds: str) -> Iterator[tuple[str, Block]]:
        """Names and properties of all resources of some types."""
        for name, resource in self.template["Resources"].items():
            if resource["Type"] in kinds:
                yield name, resource.get("Properties", {})

    def resource(self, name: str) -> Block:
        found: Block = self.template["Resources"][name]
        return found

    def __getitem__(self, name: str) -> Block:
        """The properties of a resource."""
        found: Block = self.resource(name)["Properties"]
        return found

    def target(self, value: Any) -> str:
        """The resource that a Ref or GetAtt leads to; empty for others."""
        if isinstance(value, dict) and "Fn::GetAtt" in value:
            return str(value["Fn::GetAtt"][0])
        return str(value.get("Ref", "")) if isinstance(value, dict) else ""

    def parameter(self, name: str) -> Block:
        found: Block = self.template["Parameters"][name]
        return found


RULES: dict[str, Rule] = {}
MUTANTS: dict[str, tuple[str, Mutation]] = {}


def rule(check: Rule) -> Rule:
    """Add a rule to the table; it yields what breaks it."""
    RULES[check.__name__] = check
    return check


def caught_by(check: Rule) -> Callable[[Mutation], Mutation]:
    """Add a mutant to the table, with the rule that must catch it."""

    def add(mutation: Mutation) -> Mutation:
        name = mutation.__name__
        assert name not in MUTANTS
        MUTANTS[name] = (check.__name__, mutation)
        return mutation

    return add


def choices(value: Any) -> list[Any]:
    """What a value can be, whatever conditions say; what it is not then is left out."""
    if isinstance(value, dict) and set(value) == {"Fn::If"}:
        return [one for branch in value["Fn::If"][1:] for one in choices(branch)]
    return [] if value == NOTHING else [value]


def statements(document: Block) -> list[Block]:
    """The statements of a policy, conditional ones included."""
    listed = document["Statement"]
    listed = listed if isinstance(listed, list) else [listed]
    return [one for statement in listed for one in choices(statement)]


def texts(value: Any) -> list[str]:
    """A text, or a list of them."""
    return [value] if isinstance(value, str) else [one for one in value if isinstance(one, str)]


@cache
def _transformed() -> str:
    run = subprocess.run(
        ["make", "--silent", "transformed"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def transformed() -> Stack:
    """`template.yaml` as SAM makes it for CloudFormation; a copy that may be spoiled."""
    return Stack(copy.deepcopy(_parsed()))


@cache
def _parsed() -> Block:
    parsed: Block = json.loads(_transformed())
    return parsed
