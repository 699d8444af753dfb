"""Asking a set of questions: what is kept of each reply, patience, and going on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from footnote.domain.document import document_id_of
from footnote.evaluate import ATTEMPTS, SEARCHED, Plan, RefusedError, evaluate, unfinished
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.question_set import Question
from tests.outcomes import BACKUPS, found, outcome, question

PASSAGE = {"key": "help/a.md", "title": "A", "page": 2, "score": 0.5, "text": BACKUPS}
CITATION: dict[str, Any] = {
    "document_id": document_id_of("help/a.md"),
    "key": "help/a.md",
    "version_id": "1",
    "marker": 1,
    "quote": "kept for thirty days",
}
ANSWER: dict[str, Any] = {"status": "answered", "answer": "Thirty. [1]", "citations": [CITATION]}
ANSWER |= {"in_corpus": 0.7, "model": "m", "usage": {"input_tokens": 5, "output_tokens": 2}}
ANSWER |= {"cost_usd": 0.01, "timings_ms": {"total": 3.5}}


class FakeApi:
    """Replies as they are set, and remembers what it was asked."""

    def __init__(self) -> None:
        self.passages: list[dict[str, Any]] = [PASSAGE]
        self.answer: dict[str, Any] = ANSWER
        self.refusals: list[RefusedError] = []
        self.calls: list[tuple[Any, ...]] = []
        self.before_asking: Callable[[], object] = lambda: None

    def search(self, question: str, knowledge_base: str, top_k: int) -> dict[str, Any]:
        self.calls.append(("search", question, knowledge_base, top_k))
        return {"passages": self.passages, "in_corpus": 0.6}

    def ask(
        self, question: str, knowledge_base: str, output_schema: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        asked = (question, knowledge_base)
        self.calls.append(("ask", *asked, *([] if output_schema is None else [output_schema])))
        self.before_asking()
        if self.refusals:
            raise self.refusals.pop(0)
        return self.answer

    def chunks(self, document_id: str) -> Iterable[dict[str, Any]]:
        self.calls.append(("chunks", document_id))
        known: dict[str, list[str]] = {document_id_of("help/a.md"): [BACKUPS, "Invoices.", BACKUPS]}
        return [{"text": text} for text in known.get(document_id, [])]


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


def asked(api: FakeApi, *questions: Question, searches_only: bool = False) -> list[Outcome]:
    waits: list[float] = []
    plan = Plan(knowledge_base="help", concurrency=1, sleep=waits.append)
    if searches_only:
        plan = Plan(knowledge_base="help", searches_only=True)
    return list(evaluate(questions or (question(),), api, plan))


def test_a_search_is_kept_with_documents_named_as_question_sets_name_them(api: FakeApi) -> None:
    api.passages = [PASSAGE, PASSAGE | {"key": "help/sub/b.md"}, PASSAGE]
    (one,) = asked(api)
    assert one.found is not None
    assert one.found.documents == ("a.md", "sub/b.md")
    assert (one.found.gold_chunks, one.found.in_corpus, len(one.found.passages)) == (2, 0.6, 3)
    assert ("search", "How long are backups kept?", "help", SEARCHED) in api.calls


def test_the_text_of_the_first_ten_passages_is_kept(api: FakeApi) -> None:
    api.passages = [PASSAGE | {"key": f"help/{number}.md"} for number in range(12)]
    (one,) = asked(api)
    assert one.found is not None
    assert (len(one.found.passages), len(one.found.documents)) == (10, 12)


def test_an_answer_is_kept_with_what_it_took(api: FakeApi) -> None:
    (one,) = asked(api)
    assert one.said is not None
    assert (one.said.answered, one.said.answer, one.in_corpus) == (True, "Thirty. [1]", 0.7)
    assert (one.said.cost_usd, one.said.timings_ms) == (0.01, {"total": 3.5})
    assert (one.said.input_tokens, one.said.output_tokens) == (5, 2)


@pytest.mark.parametrize(
    ("changes", "verbatim", "verified"),
    [
        ({}, True, None),
        ({"quote": "kept for forty days", "status": "verified"}, False, True),
        ({"document_id": document_id_of("help/gone.md"), "status": "unverified"}, False, False),
    ],
)
def test_a_quote_is_looked_up_in_the_document_that_it_names(
    api: FakeApi, changes: dict[str, Any], *, verbatim: bool, verified: bool | None
) -> None:
    api.answer = ANSWER | {"citations": [CITATION | changes]}
    (one,) = asked(api)
    assert one.said is not None
    (citation,) = one.said.citations
    assert (citation.document, citation.verbatim) == ("a.md", verbatim)
    assert citation.verified is verified


def test_a_documents_chunks_are_fetched_once_a_version(api: FakeApi) -> None:
    asked(api, question("1"), question("2"), question("3"))
    chunks = ("chunks", document_id_of("help/a.md"))
    assert api.calls.count(chunks) == 2  # as gold document, and as the version that was cited


def test_searching_only_asks_nothing(api: FakeApi) -> None:
    (one,) = asked(api, searches_only=True)
    assert one.said is None
    assert {call[0] for call in api.calls} == {"search", "chunks"}


def test_what_is_busy_is_asked_again_when_it_says_so(api: FakeApi) -> None:
    api.refusals = [RefusedError("busy", 7), RefusedError("busy", 700)]
    waits: list[float] = []
    plan = Plan(knowledge_base="help", concurrency=1, sleep=waits.append)
    (one,) = evaluate([question()], api, plan)
    assert (one.error, waits) == (None, [7, 60])


def test_what_stays_busy_fails_after_a_few_attempts(api: FakeApi) -> None:
    api.refusals = [RefusedError("busy", 1) for _ in range(9)]
    (one,) = asked(api)
    assert one.error == "busy"
    assert sum(call[0] == "ask" for call in api.calls) == ATTEMPTS


def test_what_is_refused_for_good_is_not_asked_again_and_the_next_question_is(
    api: FakeApi,
) -> None:
    api.refusals = [RefusedError("too long (too_large, 413)")]
    first, second = asked(api, question("1"), question("2"))
    assert (first.error, second.error) == ("too long (too_large, 413)", None)


def test_a_reply_of_something_else_is_an_error_of_that_question(api: FakeApi) -> None:
    api.answer = {"hello": "world"}
    (one,) = asked(api)
    assert one.error == "the reply is not Footnote's: Field required"


def test_several_questions_are_asked_at_once(api: FakeApi) -> None:
    both = [Event(), Event()]

    def meet() -> None:
        mine, other = both if not both[0].is_set() else reversed(both)
        mine.set()
        assert other.wait(10)

    api.before_asking = meet
    plan = Plan(knowledge_base="help", concurrency=2)
    outcomes = list(evaluate([question("1"), question("2")], api, plan))
    assert [one.error for one in outcomes] == [None, None]


def test_whoever_stops_listening_stops_the_asking(api: FakeApi) -> None:
    plan = Plan(knowledge_base="help", concurrency=1)
    listening = evaluate([question(str(number)) for number in range(200)], api, plan)
    next(listening)
    listening.close()  # type: ignore[attr-defined]
    assert sum(call[0] == "ask" for call in api.calls) < 200


def test_what_is_known_and_unchanged_is_not_asked_again() -> None:
    done, failed, changed = question("1"), question("2"), question("3")
    known = [
        outcome(done, found("a.md")),
        outcome(failed, error="busy"),
        outcome(question("3", gold=("other.md",)), found("a.md")),
    ]
    assert unfinished([done, failed, changed, question("4")], known) == [
        failed,
        changed,
        question("4"),
    ]


SCHEMA = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"answer": '{"days": 30}', "output": {"days": 30}}, True),
        ({"answer": '{"days": "thirty"}', "output": {"days": "thirty"}}, False),
        ({}, False),  # in words, whatever was asked for
        ({"status": "output_invalid", "answer": ""}, False),
        ({"status": "declined"}, None),
    ],
)
def test_a_schema_goes_with_its_question_and_the_reply_is_held_against_it(
    api: FakeApi, changes: dict[str, Any], *, fits: bool | None
) -> None:
    api.answer = ANSWER | changes
    (one,) = asked(api, replace(question(), output_schema=SCHEMA))
    assert one.said is not None
    assert one.said.fits is fits
    assert ("ask", "How long are backups kept?", "help", SCHEMA) in api.calls
