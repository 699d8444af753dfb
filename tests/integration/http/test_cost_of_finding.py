"""What finding passages costs at hosted models: in the reply, in the ledger and in the budget."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from footnote.answering.token_count import count_tokens
from footnote.circuit_breaker import CircuitBreaker
from footnote.domain.knowledge_base import USUAL_SETTINGS, LabelRoutes
from footnote.domain.model import Catalogue
from footnote.domain.passage import Retrieval
from footnote.domain.question import Question, QuestionId
from footnote.label_routing import routed
from footnote.metered_retrieval import EmbeddingPrice, RerankPrice
from footnote.postgres.classifiers import PostgresClassifiers
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.retention import PostgresRetention
from footnote.postgres.spending import PostgresSpending
from footnote.retrieval.reranking import Reranking
from footnote.train_classifier import train_classifier
from tests.asking import KB, classify_ports
from tests.fakes import FakeReranker
from tests.integration.http.test_api import Api, api, uploads  # noqa: F401
from tests.integration.http.test_budgets import Counting, limited
from tests.integration.http.test_classify import lesson
from tests.integration.postgres.test_passages import FORM, publish
from tests.labelled_samples import labelled_samples

pytestmark = pytest.mark.integration
QUESTION = {"question": "how long are backups kept?", "knowledge_base": "help"}
A_TOKEN, A_SEARCH = Decimal("0.001"), Decimal("0.002")
EMBEDDED = A_TOKEN * count_tokens(QUESTION["question"])
WRITTEN = Decimal("0.12")  # by `Counting`, at the price that `limited` gives it


@pytest.fixture
def priced(api: Api, database: Database) -> Api:
    """A model, an embedding model and a reranker with prices, and nobody who limits them."""
    publish(database, "b.md", ["Backups are encrypted.", "Invoices are sent monthly."])
    asking = limited(api, database, Counting(), Decimal(1000))
    purse = PostgresSpending(database, Decimal(1000))
    retrieve = replace(
        asking.ports.ask.retrieve,
        price=EmbeddingPrice(purse=purse, usd=A_TOKEN * 1_000_000),
        reranking=Reranking(
            reranker=FakeReranker(),
            breaker=CircuitBreaker(),
            passages=50,
            price=RerankPrice(purse=purse, usd=A_SEARCH * 1000),
        ),
    )
    ask = replace(asking.ports.ask, retrieve=retrieve, ledger=PostgresLedger(database))
    return Api(replace(asking.ports, ask=ask))


def total(api: Api, **about: str) -> dict[str, Any]:
    status, reply, _ = api.call("GET", "/v1/usage", **about)
    assert status == 200
    assert sum(part["cost_usd"] for part in reply["parts"]) == reply["total"]["cost_usd"]
    return dict(reply["total"])


def test_a_question_costs_what_its_embedding_reranking_and_answer_do(
    priced: Api, database: Database
) -> None:
    status, reply, _ = priced.call("POST", "/v1/ask", QUESTION)
    found = EMBEDDED + A_SEARCH
    assert (status, reply["cost_usd"]) == (200, float(WRITTEN + found))
    told = total(priced)
    assert (told["cost_usd"], told["finding_usd"]) == (float(WRITTEN + found), float(found))
    assert PostgresSpending(database, None).spent_today() == WRITTEN + found
    by_model = priced.call("GET", "/v1/usage")[1]["models"]
    assert [(use["model"], use["cost_usd"]) for use in by_model] == [("m", float(WRITTEN))]


def test_finding_still_counts_when_the_question_is_forgotten(
    priced: Api, database: Database
) -> None:
    priced.call("POST", "/v1/ask", QUESTION)
    before = total(priced)
    PostgresRetention(database).forget_page(0, 10)
    assert database_is_without_questions(database)
    after = total(priced)
    names = ("questions", "cost_usd", "finding_usd", "calls")
    assert {name: after[name] for name in names} == {name: before[name] for name in names}


def database_is_without_questions(database: Database) -> bool:
    with database.transaction() as connection:
        return not connection.execute("select from question").fetchall()


def test_without_a_model_that_writes_finding_is_all_it_costs(priced: Api) -> None:
    nowhere = {"question": "who won the cup of 1978?", "knowledge_base": "help"}
    reply = priced.call("POST", "/v1/ask", nowhere)[1]
    assert reply["status"] == "declined"
    assert reply["cost_usd"] == float(A_TOKEN * count_tokens(nowhere["question"]) + A_SEARCH)


@pytest.fixture
def classifier(database: Database) -> PostgresClassifiers:
    """One that serves, of billing, access and delivery."""
    made = train_classifier(lesson(labelled_samples(25)), classify_ports(database))
    classifiers = PostgresClassifiers(database)
    classifiers.promote(KB, "intent", made.trained)
    return classifiers


@pytest.mark.usefixtures("classifier")
def test_texts_are_classified_within_the_budget_only(api: Api, database: Database) -> None:
    text = "Is the account locked?"
    each = A_TOKEN * count_tokens(text)
    price = EmbeddingPrice(purse=PostgresSpending(database, each * 2), usd=A_TOKEN * 1_000_000)
    asking = Api(replace(api.ports, classify=replace(api.ports.classify, price=price)))
    body = {"text": text, "knowledge_base": KB, "classifier": "intent"}
    replies = [asking.call("POST", "/v1/classify", body) for _ in range(3)]
    assert [status for status, _, _ in replies] == [200, 200, 429]
    assert int(replies[-1][2]["Retry-After"][0]) > 0
    assert PostgresSpending(database, None).spent_today() == each * 2


@pytest.mark.usefixtures("classifier")
@pytest.mark.parametrize(("model", "times"), [("another", 1), (FORM.model, 0)])
def test_a_label_costs_an_embedding_where_the_index_has_another_model(
    database: Database, model: str, times: int
) -> None:
    purse = PostgresSpending(database, EMBEDDED)
    price = EmbeddingPrice(purse=purse, usd=A_TOKEN * 1_000_000)
    found = Retrieval(
        passages=(),
        index_as_of=datetime.now(UTC),
        embedding_model=model,
        embedding=[1.0] + [0.0] * (FORM.dimension - 1),
        settings=replace(
            USUAL_SETTINGS, label_routes=LabelRoutes(classifier="intent", models={"billing": None})
        ),
    )
    question = Question(
        kb=KB,
        question_id=QuestionId("q"),
        conversation_id="c",
        text=QUESTION["question"],
        top_k=1,
    )
    ports = replace(classify_ports(database), price=price)
    # The second one finds no money, and is answered as usual.
    paid = [routed(question, found, Catalogue(models={}, routes={}), ports) for _ in range(2)]
    assert [one.cost_usd for one in paid] == [EMBEDDED * times, 0]
    assert purse.spent_today() == EMBEDDED * times
