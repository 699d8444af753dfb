"""The OpenAPI description is true: what it allows is answered so, what it forbids is refused."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from pydantic import TypeAdapter, ValidationError
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.failures import Failure, FailureGroup

from footnote.access.door import Door
from footnote.domain.access import KeyKind, NewKey
from footnote.http.api import build_api
from footnote.http.filters import FilterBody
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from tests.integration.http.test_api import Api, api, uploads  # noqa: F401
from tests.integration.postgres.test_passages import publish
from tests.wsgi import wsgi_app

pytestmark = pytest.mark.integration
type AnyCase = Case[Any]
type AnyOperation = APIOperation[Any, Any, Any, Any]
SEED = 20261125
# What a schema cannot say: which cursors the API gave, which characters steer a terminal, that one
# of many messages is a question, that a publishable key names its knowledge bases, and which days
# there are.
UNSAID = {"GET /v1/documents", "GET /v1/documents/{document_id}/chunks"}
# And that there are only so many golden questions.
UNSAID |= {"GET /v1/questions/unanswered", "POST /v1/golden"}
UNSAID |= {"PUT /v1/knowledge-bases/{name}/settings", "POST /v1/chat/completions"}
UNSAID |= {"POST /v1/keys", "GET /v1/usage"}


class Truth:
    """The description of an API with one document, and all that was found to be untrue in it."""

    def __init__(self, api: Api, database: Database) -> None:
        publish(database, "a.md", ["Backups are kept for thirty days in every region."])
        keys = PostgresAccessKeys(database)
        self._key = keys.add(NewKey(kind=KeyKind.SECRET, name="n"))
        ask = replace(api.ports.ask, ledger=PostgresLedger(database))
        guarded = build_api(replace(api.ports, door=Door(keys), ask=ask))
        self._schema = schemathesis.openapi.from_wsgi("/openapi.json", wsgi_app(guarded.resolve))
        self.cases = 0
        self.untrue: list[str] = []

    def operations(self) -> Iterator[AnyOperation]:
        for result in self._schema.get_all_operations():
            operation: AnyOperation = result.ok()  # type: ignore[union-attr]
            yield operation

    def check(self, case: AnyCase) -> None:
        self.cases += 1
        if case.path == "/v1/documents/await":
            case.query = {**(case.query or {}), "timeout_s": 0}
        try:
            case.call_and_validate(headers={"Authorization": f"Bearer {self._key}"})
        except FailureGroup as group:
            self.untrue += [
                f"{case.operation.label}: {failure}\n{case.as_curl_command()}"
                for failure in group.exceptions
                if not _is_tolerated(case, failure)
            ]


def _is_tolerated(case: AnyCase, failure: Failure | Exception) -> bool:
    """Whether it is meant to be so: a query parameter that nobody knows is ignored."""
    name = type(failure).__name__
    if name == "AcceptedNegativeData":
        _, _, wrong = str(failure).partition("Invalid component:")
        parts = [line for line in wrong.splitlines() if line.strip()]
        # The right key is sent in any case, whatever the case had made of that header.
        of_the_key = bool(parts) and all("Authorization" in part for part in parts)
        return of_the_key or "violates `additionalProperties`" in str(failure)
    if name != "RejectedPositiveData":
        return False
    if case.operation.label in UNSAID:
        return True
    body = case.body if isinstance(case.body, dict) else {}
    # Whether an object is a JSON schema, and one that is taken, only reading it tells.
    return body.get("output_schema") is not None or _is_too_large(body.get("filter"))


def _is_too_large(form: object) -> bool:
    """Whether it has more conditions in all, or is deeper, than a filter may: no schema counts."""
    try:
        TypeAdapter(FilterBody).validate_python(form)
    except ValidationError as error:
        return "conditions at most" in str(error) or "levels deep at most" in str(error)
    return False


@pytest.mark.parametrize(
    "examples", [45, pytest.param(225, marks=pytest.mark.storm)], ids=["short", "long"]
)
def test_what_the_description_says_is_what_the_api_does(
    api: Api, database: Database, examples: int
) -> None:
    truth = Truth(api, database)
    for operation in truth.operations():
        for mode in GenerationMode:
            check = given(case=operation.as_strategy(generation_mode=mode))(truth.check)
            try:
                seed(SEED)(_often(examples)(check))()
            except Unsatisfiable:
                # Without parameters there is nothing to get wrong.
                assert (operation.label, mode) == ("GET /healthz", GenerationMode.NEGATIVE)
    assert not truth.untrue, "\n\n".join(truth.untrue)
    assert truth.cases >= 2000 * examples // 45


def _often(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
