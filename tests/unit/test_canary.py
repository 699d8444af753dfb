"""The canary: what it calls a good run, and how each thing that can go wrong shows."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from footnote.canary import CanaryError, fly, measured_flight
from footnote.client import ApiRefusedError

ID = "canary.0123"


class FakeApi:
    """A product in memory; `late` looks go by before something shows."""

    def __init__(self, late: int = 0) -> None:
        self.late = late
        self.text = ""
        self.version = 0
        self.looks = 0

    def upload(self, knowledge_base: str, name: str, content: bytes) -> dict[str, Any]:
        assert (knowledge_base, name) == ("canary", "canary.md")
        self.text, self.version, self.looks = content.decode(), self.version + 1, 0
        return {"document_id": ID, "version_id": f"v{self.version}"}

    def document(self, document_id: str) -> dict[str, Any]:
        assert document_id == ID
        self.looks += 1
        if self.looks == 1 and self.late:
            raise ApiRefusedError(404, "not_found", "nobody has told of it yet")
        shown = self.looks > self.late
        return {"version_id": f"v{self.version - (not shown)}", "status": "ready"}

    def ask(self, question: str, knowledge_base: str) -> dict[str, Any]:
        del question, knowledge_base
        return {"status": "answered", "citations": [{"document_id": ID, "quote": self.text}]}

    def search(self, question: str, knowledge_base: str, top_k: int) -> dict[str, Any]:
        del question, knowledge_base, top_k
        self.looks += 1
        found = self.looks <= self.late or self.text
        return {"passages": [{"document_id": ID}] if found else [{"document_id": "other"}]}

    def delete(self, document_id: str) -> dict[str, Any]:
        assert document_id == ID
        self.text, self.looks = "", 0
        return {}


def test_a_run_measures_both_ways() -> None:
    flight = fly(FakeApi(late=3))
    assert flight.put_to_answerable_ms >= 300  # three looks too early
    assert flight.delete_to_gone_ms >= 300


def test_the_version_before_does_not_count_as_answerable() -> None:
    api = FakeApi(late=10**6)
    with pytest.raises(CanaryError, match="not answerable after 0 seconds"):
        fly(api, patience_s=0.2)


def test_a_refusal_that_is_not_about_the_document_is_not_waited_out() -> None:
    class Closed(FakeApi):
        def document(self, document_id: str) -> dict[str, Any]:
            raise ApiRefusedError(503, "unavailable", f"no database to find {document_id} in")

    with pytest.raises(ApiRefusedError, match="database"):
        fly(Closed(), patience_s=5)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda reply: reply | {"status": "declined", "citations": []},
        lambda reply: reply | {"citations": [{"document_id": "other", "quote": "kiwi"}]},
        lambda reply: reply | {"citations": [{"document_id": ID, "quote": "of yesterday"}]},
    ],
)
def test_an_answer_must_quote_this_runs_word_from_its_document(
    spoil: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    class Wrong(FakeApi):
        def ask(self, question: str, knowledge_base: str) -> dict[str, Any]:
            return spoil(super().ask(question, knowledge_base))

    with pytest.raises(CanaryError, match="does not quote"):
        fly(Wrong())


def test_a_document_that_stays_after_its_deletion_is_a_failure() -> None:
    class Clinging(FakeApi):
        def delete(self, document_id: str) -> dict[str, Any]:
            return {"deleted": document_id}

    with pytest.raises(CanaryError, match="still found"):
        fly(Clinging(), patience_s=0.2)


def test_a_good_run_is_measured_and_a_bad_one_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    measured_flight(FakeApi())
    with pytest.raises(CanaryError):
        measured_flight(FakeApi(late=10**6), patience_s=0.1)
    good, times, bad = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (good["CanaryFailed"], bad["CanaryFailed"]) == ([0], [1])
    assert set(times) >= {"PutToAnswerable", "DeleteToGone"}
