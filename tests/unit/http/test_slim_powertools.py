"""Powertools' packages are put in place unread, and whatever is asked of them is found."""

import subprocess
import sys

INSTALL = """
import sys
from footnote.http import slim_powertools

READ = [
    ("aws_lambda_powertools.event_handler", "appsync"),
    ("aws_lambda_powertools.utilities.data_classes", "s3_event"),
]

def read():
    return [module for package, module in READ if f"{package}.{module}" in sys.modules]
"""


def told_by(code: str) -> str:
    """What a program prints into whose process nothing was loaded yet."""
    command = [sys.executable, "-c", INSTALL + code]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_all_that_is_listed_is_where_the_list_says() -> None:
    code = """
from importlib import import_module
found = {
    package: {name: getattr(import_module(package), name) for name in names}
    for package, names in slim_powertools.LISTED.items()
}
assert not read()
for package, names in found.items():
    whole = import_module(package)
    assert not hasattr(whole, "not_there")  # to know that, it was read
    assert {name: vars(whole)[name] for name in names} == names
print(len(found), read())
"""
    assert told_by(code) == "2 ['appsync', 's3_event']"


def test_a_resolver_answers_without_the_others() -> None:
    code = """
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

app = APIGatewayRestResolver(enable_validation=True)

@app.get("/told")
def told() -> str:
    return "it"

event = {"httpMethod": "GET", "path": "/told", "requestContext": {"stage": "$default"}}
print(app.resolve(event, None)["body"], read())
"""
    assert told_by(code) == "it []"


def test_what_is_not_listed_is_found_all_the_same() -> None:
    code = """
from aws_lambda_powertools.event_handler import AppSyncResolver
from aws_lambda_powertools.utilities.data_classes import S3Event
print(AppSyncResolver.__name__, S3Event.__name__)
"""
    assert told_by(code) == "AppSyncResolver S3Event"


def test_what_has_moved_is_found_where_the_package_has_it() -> None:
    code = """
names = slim_powertools.LISTED["aws_lambda_powertools.utilities.data_classes"]
names["ALBEvent"] = "moved"
names["VPCLatticeEvent"] = "alb_event"
from aws_lambda_powertools.utilities.data_classes import ALBEvent
from aws_lambda_powertools.event_handler import Response
print(ALBEvent.__name__, Response.__name__, read())
"""
    assert told_by(code) == "ALBEvent Response ['s3_event']"
