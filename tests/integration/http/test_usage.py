"""`/v1/usage` against the ledger: every question and every call is counted once."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from footnote.domain.access import KeyKind, Limits, NewKey
from footnote.domain.answer import Usage
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.feedback import Feedback, Rating
from footnote.domain.ledger import LedgerEntry, ModelCall, Outcome
from footnote.domain.model import Model
from footnote.domain.question import Question, QuestionId
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from footnote.postgres.feedback import PostgresFeedback
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.retention import forgetting
from footnote.postgres.spending import PostgresSpending
from tests.asking import a_model
from tests.integration.http.test_api import Api, api, uploads  # noqa: F401
from tests.integration.http.test_keys import Guarded

pytestmark = pytest.mark.integration
END = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
RANGE = {"from": "2026-11-11", "to": "2026-11-20T12:30Z"}
KBS = ("help", "other")


class History:
    """Random entries of ten days in the ledger, and what they come to, counted here."""

    def __init__(self, database: Database) -> None:
        self.entries: list[LedgerEntry] = []
        self.down: set[str] = set()
        ledger, feedback, draw = (
            PostgresLedger(database),
            PostgresFeedback(database),
            random.Random(5),
        )
        models = (a_model("small", "http://s"), a_model("large", "http://l"))
        for number in range(120):
            entry = _entry(number, draw, models)
            ledger.record(entry)
            self.entries.append(entry)
            if number % 7 == 0:
                given = Feedback(question_id=entry.question.question_id, rating=Rating.DOWN)
                feedback.give(given, ())
                self.down.add(entry.question.question_id)

    def within(self, since: datetime, until: datetime, *kbs: str) -> "list[LedgerEntry]":
        return [
            entry
            for entry in self.entries
            if since <= entry.asked_at < until and entry.question.kb in (kbs or KBS)
        ]

    def agrees(self, told: dict[str, Any], entries: list[LedgerEntry]) -> None:
        calls = [call for entry in entries for call in entry.calls]
        by_status = Counter(entry.status for entry in entries)
        assert told["questions"] == len(entries)
        assert {name: told[name] for name in by_status} == by_status
        assert told["kept"] == sum(entry.cached for entry in entries)
        assert told["extractive"] == sum(
            entry.status == "answered" and entry.model == "extractive" for entry in entries
        )
        assert told["degraded"] == sum(entry.degraded is not None for entry in entries)
        assert told["thumbs_down"] == sum(
            entry.question.question_id in self.down for entry in entries
        )
        assert told["calls"] == len(calls)
        assert told["input_tokens"] == sum(call.usage.input_tokens for call in calls)
        assert told["output_tokens"] == sum(call.usage.output_tokens for call in calls)
        assert told["unpriced"] == sum(call.cost_usd is None for call in calls)
        cost = sum((call.cost_usd or Decimal(0) for call in calls), Decimal(0))
        assert told["cost_usd"] == pytest.approx(float(cost))


def _entry(number: int, draw: random.Random, models: tuple[Model, ...]) -> LedgerEntry:
    asked_at = END - timedelta(minutes=draw.randrange(10 * 24 * 60))
    model = draw.choice(["small", "large", "extractive", "none"])
    priced = replace(models[0], input_price=Decimal(2), output_price=Decimal(8))
    calls = tuple(
        ModelCall(
            model=draw.choice([priced, models[1]]),
            outcome=draw.choice([Outcome.OK, Outcome.TRUNCATED]),
            latency_ms=draw.uniform(10, 900),
            usage=Usage(input_tokens=draw.randrange(900), output_tokens=draw.randrange(90)),
            shadow=draw.random() < 0.3,
        )
        for _ in range(draw.randrange(3))
    )
    return LedgerEntry(
        question=Question(
            question_id=QuestionId(f"00000000-0000-4000-8000-{number:012}"),
            conversation_id="c",
            kb=KnowledgeBaseId(draw.choice(KBS)),
            text="how long?",
            top_k=8,
        ),
        asked_at=asked_at,
        status="declined" if model == "none" else draw.choice(["answered", "failed"]),
        model=model,
        checkpoint=None,
        fallback=None,
        cached=draw.random() < 0.2,
        degraded=draw.choice([None, None, "words_only"]),
        in_corpus=0.5,
        usage=Usage(input_tokens=0, output_tokens=0),
        cost_usd=None,
        timings_ms={"total": draw.uniform(20, 2000)},
        calls=calls,
    )


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


def usage(api: Api, **query: str) -> dict[str, Any]:
    status, reply, _ = api.call("GET", "/v1/usage", **query)
    assert status == 200, reply
    return reply


@pytest.mark.parametrize("kb", ["", "help"])
@pytest.mark.parametrize(("by", "length"), [("day", 24), ("hour", 1)])
def test_every_part_and_the_total_are_what_the_ledger_holds(
    api: Api, history: History, kb: str, by: str, length: int
) -> None:
    only = {"knowledge_base": kb} if kb else {}
    told = usage(api, by=by, **RANGE, **only)
    named = (kb,) if kb else ()
    since = datetime(2026, 11, 11, tzinfo=UTC)
    history.agrees(told["total"], history.within(since, END, *named))
    assert len(told["parts"]) == {"day": 10, "hour": 9 * 24 + 13}[by]
    for number, part in enumerate(told["parts"]):
        begin = since + timedelta(hours=length * number)
        assert datetime.fromisoformat(part["at"]) == begin
        end = min(END, begin + timedelta(hours=length))
        history.agrees(part, history.within(begin, end, *named))


def test_what_is_forgotten_still_counts(api: Api, database: Database, history: History) -> None:
    before = usage(api, **RANGE)
    named = [(entry.question.kb, entry.question.question_id) for entry in history.entries[::2]]
    with database.transaction() as connection:
        step = forgetting([(str(kb), str(question_id)) for kb, question_id in named])
        (gone,) = connection.execute(step.statement, step.parameters)
    assert gone["questions"] == len(named)
    after = usage(api, **RANGE)
    for told in (before, after):
        for part in (told["total"], *told["parts"], *told["models"]):
            for unknown in ("p50_ms", "p95_ms", "degraded"):
                part.pop(unknown, None)
    assert after == before


def test_each_model_has_its_calls_and_a_shadow_its_own(api: Api, history: History) -> None:
    told = usage(api, **RANGE)
    calls = [
        call
        for entry in history.within(datetime(2026, 11, 11, tzinfo=UTC), END)
        for call in entry.calls
    ]
    counted = Counter((call.model.name, call.shadow) for call in calls)
    assert {(one["model"], one["shadow"]): one["calls"] for one in told["models"]} == counted
    assert sum(one["not_ok"] for one in told["models"]) == sum(
        call.outcome is not Outcome.OK for call in calls
    )


def test_half_of_the_replies_were_quicker_than_the_median(api: Api, history: History) -> None:
    told = usage(api, **RANGE)["total"]
    entries = history.within(datetime(2026, 11, 11, tzinfo=UTC), END)
    times = [entry.timings_ms["total"] for entry in entries]
    for name, share in (("p50_ms", 0.5), ("p95_ms", 0.95)):
        quicker = sum(time <= told[name] for time in times) / len(times)
        assert quicker == pytest.approx(share, abs=0.02)


def test_a_time_without_questions_has_its_parts_and_no_figures(api: Api) -> None:
    told = usage(api, by="hour")
    assert len(told["parts"]) in {24, 25}
    assert (told["total"]["questions"], told["total"]["p50_ms"], told["models"]) == (0, None, [])
    assert len(usage(api)["parts"]) == 30


def test_a_key_is_told_of_its_own_knowledge_bases_only(
    api: Api, database: Database, history: History
) -> None:
    guarded = Guarded(api, database)
    key = guarded.key(KeyKind.SECRET, "help")
    told = _told(guarded, key)
    own = history.within(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC), "help")
    assert 0 < told["total"]["questions"] <= len(own)
    assert {part["at"][:10] for part in told["parts"]} > {"2026-11-15"}
    status, reply, _ = guarded.call("GET", "/v1/usage?knowledge_base=other", key=key)
    assert (status, reply["error"]["code"]) == (403, "forbidden")


def _told(guarded: Guarded, key: str) -> dict[str, Any]:
    status, reply, _ = guarded.call("GET", f"/v1/usage?{urlencode(RANGE)}", key=key)
    assert status == 200, reply
    return dict(reply)


def test_budgets_tell_what_is_left_of_today(api: Api, database: Database) -> None:
    keys = PostgresAccessKeys(database)
    for kb in KBS:
        keys.add(
            NewKey(
                kind=KeyKind.PUBLISHABLE,
                name=f"{kb} widget",
                knowledge_bases=(KnowledgeBaseId(kb),),
                limits=Limits(daily_usd=Decimal("2.5")),
            )
        )
    spending = PostgresSpending(database, Decimal(10))
    with database.transaction() as connection:
        connection.execute(
            "insert into spending select key_id, (now() at time zone 'UTC')::date, 0.5"
            " from access_key where name = 'help widget'"
        )
    ports = replace(api.ports, budgets=spending.budgets)
    left = {one["name"]: one["left_usd"] for one in usage(Api(ports))["budgets"]}
    assert left == {"all keys together": 10, "help widget": 2, "other widget": 2.5}
    guarded = Guarded(Api(ports), database)
    told = _told(guarded, guarded.key(KeyKind.SECRET, "help"))
    assert [one["name"] for one in told["budgets"]] == ["help widget"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "2026-11-11", "to": "2026-11-11"}, 422),
        ({"from": "2026-11-12", "to": "2026-11-11"}, 422),
        ({"from": "2026-01-01", "to": "2026-11-11", "by": "hour"}, 422),
        ({"from": "2026-02-30"}, 400),
        ({"from": "yesterday"}, 400),
        ({"by": "week"}, 400),
    ],
)
def test_a_time_that_cannot_be_told_is_refused(
    api: Api, query: dict[str, str], status: int
) -> None:
    assert api.call("GET", "/v1/usage", **query)[0] == status
