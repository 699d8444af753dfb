"""The whole life of a classifier: learned, judged, promoted, asked over HTTP, taken back."""

from dataclasses import replace

import pytest

from footnote.classify import ClassifyPorts
from footnote.domain.access import KeyKind
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.evaluation.gate import Decision
from footnote.evaluation.labelled_texts import LabelledText
from footnote.postgres.classifiers import PostgresClassifiers
from footnote.postgres.connection import Database
from footnote.train_classifier import Lesson, Training, train_classifier
from tests.asking import KB, classify_ports
from tests.fakes import FakeEmbedder
from tests.integration.http.test_api import Api, api, uploads  # noqa: F401
from tests.integration.http.test_keys import Guarded, guarded  # noqa: F401
from tests.labelled_samples import labelled_samples

pytestmark = pytest.mark.integration
PATH = "/v1/classify"


def lesson(texts: list[LabelledText], *, wanted: float = 0.9) -> Lesson:
    return Lesson(
        kb=KB, name="intent", texts=texts, model=FakeEmbedder.model, seed=1, wanted=wanted
    )


@pytest.fixture(scope="module")
def trained(shared_database: Database) -> Training:
    texts = lesson(labelled_samples(25), wanted=0.97)
    return train_classifier(texts, classify_ports(shared_database))


@pytest.fixture
def ports(database: Database) -> ClassifyPorts:
    return classify_ports(database)


@pytest.fixture
def store(database: Database) -> PostgresClassifiers:
    return PostgresClassifiers(database)


def test_the_first_one_has_to_beat_whoever_always_says_the_same(trained: Training) -> None:
    assert trained.verdict.promoted
    assert trained.against.startswith("always '")
    assert trained.figures["accuracy"].value > 0.8
    assert trained.said_right is not None
    assert trained.said_right >= 0.97
    assert sum(map(sum, trained.confusion)) == 75


def test_labels_that_mean_nothing_are_not_promoted(ports: ClassifyPorts) -> None:
    texts = labelled_samples(20)
    order = [*(one.label for one in texts[7:]), *(one.label for one in texts[:7])]
    mixed = [replace(one, label=label) for one, label in zip(texts, order, strict=True)]
    assert not train_classifier(lesson(mixed), ports).verdict.promoted


def test_a_checkpoint_is_judged_by_what_it_did_not_learn_from_and_taken_back(
    ports: ClassifyPorts, store: PostgresClassifiers
) -> None:
    poor = train_classifier(lesson(labelled_samples(12, seed=2, wrong=0.55)), ports)
    first = store.promote(KB, "intent", poor.trained)
    again = train_classifier(lesson(labelled_samples(12, seed=2, wrong=0.55)), ports)
    assert again.verdict.decision is Decision.CANNOT_TELL
    assert "learned from all of these texts" in again.verdict.reason
    better = train_classifier(lesson(labelled_samples(25)), ports)
    assert (better.verdict.promoted, better.against) == (True, f"checkpoint {first}")
    second = store.promote(KB, "intent", better.trained)
    assert store.active(KB, "intent")[0] == second
    assert store.roll_back(KB, "intent") == first
    assert store.active(KB, "intent")[1].threshold == pytest.approx(
        poor.trained.checkpoint.threshold, abs=1e-6
    )
    with pytest.raises(NotFoundError, match="served before this one"):
        store.roll_back(KB, "intent")
    assert [one.active for one in store.all_of(KB)] == [True, False]
    store.remove(KB, "intent")
    with pytest.raises(NotFoundError, match="help has no classifier intent"):
        store.active(KB, "intent")
    assert [one.examples for one in store.all_of(KB)] == [36, 75]


def test_it_is_asked_over_http_and_abstains_between_two_labels(
    api: Api, trained: Training, store: PostgresClassifiers
) -> None:
    number = store.promote(KB, "intent", trained.trained)
    body = {
        "texts": ["a refund of the payment on my card", "the password of my parcel"],
        "knowledge_base": "help",
        "classifier": "intent",
    }
    status, reply, _ = api.call("POST", PATH, body)
    assert (status, reply["checkpoint"], reply["classifier"]) == (200, number, "intent")
    known, torn = reply["labels"]
    assert (known["label"], known["abstained"]) == ("billing", False)
    assert sum(known["probabilities"].values()) == pytest.approx(1, abs=1e-4)
    assert set(known["probabilities"]) == {"access", "billing", "delivery"}
    assert (torn["label"], torn["abstained"]) == (None, True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"text": "a", "texts": ["b"]}, 400),
        ({"texts": []}, 400),
        ({"texts": ["a"] * 65}, 400),
        ({"text": " "}, 400),
        ({"text": "a\0"}, 400),
        ({"text": "a", "classifier": "../x"}, 400),
        ({"text": "x" * 201}, 413),
        ({"text": "a"}, 404),
    ],
)
def test_what_cannot_be_classified_is_refused(api: Api, body: object, status: int) -> None:
    assert api.call("POST", PATH, body)[0] == status


def test_it_is_for_secret_keys_of_that_knowledge_base(
    guarded: Guarded, trained: Training, store: PostgresClassifiers
) -> None:
    store.promote(KB, "intent", trained.trained)
    body = {"text": "refund", "knowledge_base": "help", "classifier": "intent"}
    keys = {
        200: guarded.key(KeyKind.SECRET, "help"),
        403: guarded.key(KeyKind.SECRET, "other"),
    }
    for expected, key in keys.items():
        assert guarded.call("POST", PATH, body, key=key)[0] == expected
    public = guarded.key(KeyKind.PUBLISHABLE, "help")
    assert guarded.call("POST", PATH, body, key=public)[0] == 403


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (labelled_samples(9), "each label needs 10 texts"),
        ([one for one in labelled_samples(12) if one.label == "access"], "there are 1"),
    ],
)
def test_too_little_to_learn_from_is_said(
    ports: ClassifyPorts, texts: list[LabelledText], reason: str
) -> None:
    with pytest.raises(UnprocessableError, match=reason):
        train_classifier(lesson(texts), ports)
