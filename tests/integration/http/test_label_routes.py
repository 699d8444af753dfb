"""A question's label says who answers it: a model of its own, or nobody, as no document is to."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from footnote.domain.prompt import Completion, Prompt
from footnote.postgres.classifiers import PostgresClassifiers
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from footnote.train_classifier import Training, train_classifier
from tests.asking import KB, cascade_ports, classify_ports, recent_models
from tests.integration.http.test_api import Api, api, uploads  # noqa: F401
from tests.integration.http.test_classify import lesson
from tests.integration.http.test_knowledge_bases import PATH, USUAL, command, url  # noqa: F401
from tests.integration.postgres.test_answers import QuotingModel
from tests.integration.postgres.test_passages import publish
from tests.labelled_samples import labelled_samples

pytestmark = pytest.mark.integration
REFUNDS = "A refund of the payment goes to the card that the invoice was paid with."
LOCKED = "After three tries the account is locked, and the password has to be set anew."
BILLING = "Does a refund of the payment go to my card?"
ACCESS = "Is the account locked, and the password with it?"
HELP = {"knowledge_base": "help"}


@dataclass
class Named(QuotingModel):
    """A model that says what it is asked by its name."""

    asked: list[str] = field(default_factory=list)

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        self.asked.append(prompt.question)
        return super().generate(prompt, deadline_s=deadline_s)


@dataclass
class Desk:
    """Two models, the small one first, and a classifier of billing, access and delivery."""

    api: Api
    small: Named
    big: Named

    def route(self, models: dict[str, str | None], classifier: str = "intent") -> int:
        body = {"label_routes": {"classifier": classifier, "models": models}}
        return int(self.api.call("PUT", PATH, body)[0])

    def ask(self, question: str) -> dict[str, Any]:
        status, reply, _ = self.api.call("POST", "/v1/ask", HELP | {"question": question})
        assert status == 200, reply
        return reply


@pytest.fixture(scope="module")
def trained(shared_database: Database) -> Training:
    return train_classifier(lesson(labelled_samples(25)), classify_ports(shared_database))


@pytest.fixture
def desk(api: Api, database: Database, trained: Training) -> Desk:
    publish(database, "billing.md", [REFUNDS])
    publish(database, "access.md", [LOCKED])
    PostgresClassifiers(database).promote(KB, "intent", trained.trained)
    small, big = Named(model="small"), Named(model="big")
    ask = api.ports.ask
    ask = replace(
        ask,
        models=recent_models(small, big),
        cascade=cascade_ports({"small": small, "big": big}, ask.cascade.extractive),
        classify=classify_ports(database),
        ledger=PostgresLedger(database),
    )
    return Desk(Api(replace(api.ports, ask=ask)), small, big)


def test_without_routes_the_usual_model_answers_and_no_label_is_told(desk: Desk) -> None:
    reply = desk.ask(BILLING)
    assert (reply["model"], reply["label"]) == ("small", None)


def test_a_label_has_its_model_asked_first_and_others_have_the_usual(desk: Desk) -> None:
    assert desk.route({"billing": "big"}) == 200
    billing, access = desk.ask(BILLING), desk.ask(ACCESS)
    assert (billing["model"], billing["label"], billing["status"]) == ("big", "billing", "answered")
    assert (access["model"], access["label"]) == ("small", None)
    assert (desk.small.asked, desk.big.asked) == ([ACCESS], [BILLING])


def test_what_no_document_is_to_answer_is_declined_without_a_call_and_nobody_has_to_know(
    desk: Desk,
) -> None:
    assert desk.route({"billing": None}) == 200
    reply = desk.ask(BILLING)
    assert (reply["status"], reply["label"], reply["citations"]) == ("declined", "billing", [])
    assert desk.small.asked == desk.big.asked == []
    _, unanswered, _ = desk.api.call("GET", "/v1/questions/unanswered", **HELP)
    assert unanswered["clusters"] == []
    assert desk.ask(ACCESS)["status"] == "answered"


def test_a_classifier_that_is_gone_leaves_questions_to_the_usual_model(
    desk: Desk, database: Database
) -> None:
    desk.route({"billing": None})
    PostgresClassifiers(database).remove(KB, "intent")
    assert (desk.ask(BILLING)["model"], desk.ask(BILLING)["label"]) == ("small", None)


def test_a_model_that_is_gone_leaves_its_label_to_the_usual_one(desk: Desk) -> None:
    desk.route({"billing": "big"})
    ask = replace(desk.api.ports.ask, models=recent_models(desk.small))
    alone = replace(desk, api=Api(replace(desk.api.ports, ask=ask)))
    assert (alone.ask(BILLING)["model"], desk.big.asked) == ("small", [])


@pytest.mark.parametrize(
    ("models", "classifier", "why"),
    [
        ({"billing": "huge"}, "intent", "there is no model huge"),
        ({"weather": None}, "intent", "knows no label 'weather', only access, billing, delivery"),
        ({"billing": None}, "mood", "help has no classifier mood"),
    ],
)
def test_routes_that_would_decide_nothing_are_refused(
    desk: Desk, models: dict[str, str | None], classifier: str, why: str
) -> None:
    body = {"label_routes": {"classifier": classifier, "models": models}}
    status, reply, _ = desk.api.call("PUT", PATH, body)
    assert status == 422
    assert why in reply["error"]["message"]
    assert desk.api.call("GET", PATH)[1] == {"knowledge_base": "help"} | USUAL


def test_on_the_command_line_they_stay_until_they_are_taken_away(
    url: str,
    database: Database,
    trained: Training,
) -> None:
    PostgresClassifiers(database).promote(KB, "intent", trained.trained)
    command(url, "--classifier", "intent", "--label", "billing=")
    shown = json.loads(command(url, "--persona", "Ada", "--json"))
    assert shown["label_routes"] == {"classifier": "intent", "models": {"billing": None}}
    assert "billing: not for the documents" in command(url)
    assert json.loads(command(url, "--no-labels", "--json"))["label_routes"] is None
    command(url, "--label", "billing=", status=2)
    command(url, "--classifier", "intent", "--label", "billing", status=2)
