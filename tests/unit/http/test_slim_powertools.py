"""Powertools' packages import a name when it is asked for, and have every name that they had."""

import subprocess
import sys

import pytest

from footnote.http.slim_powertools import homes_in

INSTALL = """
import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from footnote.http import slim_powertools

def loaded():
    return [name for name in ("appsync", "s3_event") if any(n.endswith(name) for n in sys.modules)]
"""


def told_by(code: str) -> str:
    """What a program prints into whose process nothing was loaded yet."""
    command = [sys.executable, "-c", INSTALL + code]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return ran.stdout.strip()


def test_each_package_has_what_its_own_init_would_have_imported() -> None:
    code = """
for name in slim_powertools.PACKAGES:
    package = import_module(name)
    assert type(package) is slim_powertools.LazyPackage, "it does more than import by now"
    spec = find_spec(name)
    own = module_from_spec(spec)  # which imports all of its modules, so that they are there too
    spec.loader.exec_module(own)
    assert set(own.__all__) <= set(package.__all__)
    assert all(getattr(package, one) is vars(own)[one] for one in package.__all__)
    assert not hasattr(package, "not_there")
    print(len(package.__all__) > 10)
"""
    assert told_by(code) == "True\nTrue"


def test_a_resolver_answers_without_the_others() -> None:
    code = """
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, content_types
from aws_lambda_powertools.event_handler.openapi.params import Query

app = APIGatewayRestResolver(enable_validation=True)

@app.get("/told")
def told() -> str:
    return content_types.APPLICATION_JSON

event = {"httpMethod": "GET", "path": "/told", "requestContext": {"stage": "$default"}}
print(app.resolve(event, None)["body"], loaded())
"""
    assert told_by(code) == "application/json []"


@pytest.mark.parametrize("module", ["sqs_event", "s3_event", "event_bridge_event"])
def test_a_module_that_needs_another_by_the_package_is_imported_first(module: str) -> None:
    code = f"import aws_lambda_powertools.utilities.data_classes.{module} as it; print(it.__name__)"
    assert told_by(code).endswith(module)


def test_an_init_is_read_for_where_its_names_are_from() -> None:
    source = '"""Words."""\nfrom .b import C\nfrom a.d import E as F\n__all__ = ["C", "F"]\n'
    assert homes_in(source, "a") == {"C": ("a.b", "C"), "F": ("a.d", "E")}


@pytest.mark.parametrize("more", ["import os", "register()", "X = 1", "def f(): ...", "if 1: pass"])
def test_an_init_that_does_more_than_import_is_left_to_do_it(more: str) -> None:
    assert homes_in(f"from .b import C\n{more}\n", "a") is None
