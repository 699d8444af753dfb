"""The SAM template as plain values: `!If [a, b, c]` reads as {"Fn::If": ["a", b, c]}."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
type Block = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """SafeLoader that also knows CloudFormation's short forms."""


def _long_form(loader: _Loader, name: str, node: yaml.Node) -> Block:
    values = node.value
    if isinstance(node, yaml.SequenceNode):
        values = loader.construct_sequence(node, deep=True)
    if name == "GetAtt" and isinstance(values, str):
        values = values.split(".")
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": values}


_Loader.add_multi_constructor("!", _long_form)


@cache
def template() -> Block:
    text = (ROOT / "template.yaml").read_text()
    loaded: Block = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    return loaded


def resource(name: str) -> Block:
    properties: Block = template()["Resources"][name]["Properties"]
    return properties


def resources(kind: str) -> dict[str, Block]:
    found = template()["Resources"].items()
    return {name: block["Properties"] for name, block in found if block["Type"] == kind}


def functions() -> dict[str, Block]:
    return resources("AWS::Serverless::Function")


def variables(function: str) -> Block:
    shared: Block = template()["Globals"]["Function"]["Environment"]["Variables"]
    own: Block = functions()[function].get("Environment", {"Variables": {}})["Variables"]
    return {**shared, **own}


def strings(value: object) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from strings(child)
    elif isinstance(value, list):
        for child in value:
            yield from strings(child)
