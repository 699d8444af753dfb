"""Answers that are kept in a real Postgres, no longer than what they cite."""

import re
import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import override

import pytest

from footnote.answer_cache import AnswerCache
from footnote.ask import Reply, ask
from footnote.ask_ports import AskPorts
from footnote.domain.access import OWNER
from footnote.domain.answer import NO_TOKENS, Usage
from footnote.domain.kept_answer import AnswerKey, KeptAnswer
from footnote.domain.prompt import Completion, Prompt, write_claim
from footnote.domain.retention import Forgotten
from footnote.postgres.answers import PostgresAnswers
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.queries import load_queries
from footnote.postgres.retention import PostgresRetention
from tests.asking import FakeLedger, WordByWord, ask_ports, asked, seconds
from tests.integration.postgres.test_passages import KB, publish

pytestmark = pytest.mark.integration
BACKUPS = "Backups are kept for thirty days in every region."
INVOICES = "Invoices are sent on the first day of each month."
# Words are rare or frequent among others only.
OTHERS = (
    "Visitors sign in at the front desk.",
    "The canteen opens at noon and closes at two.",
    "Laptops are encrypted before they leave the building.",
    "Parking spaces belong to whoever comes first.",
    "Travel has to be approved by a manager.",
)
QUESTION = "How long are backups kept?"
WEEK = timedelta(days=7)
USED = Usage(input_tokens=900, output_tokens=40)


@dataclass
class QuotingModel(WordByWord):
    """Says every line of the passages that shares a word with the question, and cites it."""

    model: str = "small"
    prompts: list[Prompt] = field(default_factory=list)

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:  # noqa: ARG002
        self.prompts.append(prompt)
        wanted = set(re.findall(r"\w{4,}", prompt.question.casefold()))
        said = [
            f"{line} {write_claim(number, line)}"
            for number, passage in enumerate(prompt.passages, start=1)
            for line in passage.text.splitlines()
            if wanted & set(re.findall(r"\w+", line.casefold()))
        ]
        return Completion(text="\n".join(said) or "NOT IN THE DOCUMENTS", usage=USED)


@dataclass
class Asker:
    """Asks one model, with the answers that are kept of it."""

    database: Database
    oldest: timedelta = WEEK
    most: int = 100
    model: QuotingModel = field(default_factory=QuotingModel)
    ledger: FakeLedger = field(default_factory=FakeLedger)

    def ports(self) -> AskPorts:
        answers = PostgresAnswers(self.database, oldest=self.oldest, most=self.most)
        ports = ask_ports(self.database, self.model, ledger=self.ledger)
        return replace(ports, answers=AnswerCache(answers=answers))

    def ask(self, text: str = QUESTION, **how: object) -> Reply:
        return ask(asked(text, **how), self.ports(), seconds())  # type: ignore[arg-type]

    def kept(self) -> int:
        with self.database.transaction() as connection:
            return len(connection.execute("select from kept_answer").fetchall())


@pytest.fixture
def asker(database: Database) -> Asker:
    publish(database, "others.md", OTHERS)
    publish(database, "a.md", [BACKUPS])
    return Asker(database)


def test_a_question_that_is_asked_again_costs_nothing_and_says_so(asker: Asker) -> None:
    first, again = asker.ask(), asker.ask("  how long are  BACKUPS kept?")
    assert (first.cached, first.usage, len(first.answer.citations)) == (False, USED, 1)
    assert (again.cached, again.usage, again.cost_usd) == (True, NO_TOKENS, Decimal(0))
    assert (again.answer, again.model) == (first.answer, "small")
    assert len(asker.model.prompts) == 1
    assert [entry.cached for entry in asker.ledger.entries] == [False, True]


def test_the_ledger_tells_what_was_answered_from_the_cache(
    asker: Asker, database: Database
) -> None:
    ports = replace(asker.ports(), ledger=PostgresLedger(database))
    for _ in range(2):
        ask(asked(QUESTION), ports, seconds())
    with database.transaction() as connection:
        rows = connection.execute(
            "select q.cached, q.input_tokens, q.cost_usd, count(c.model) as calls"
            " from question q left join model_call c using (kb, question_id)"
            " group by q.kb, q.question_id order by q.asked_at"
        ).fetchall()
    assert [row["cached"] for row in rows] == [False, True]
    assert (rows[1]["input_tokens"], rows[1]["cost_usd"], rows[1]["calls"]) == (0, 0, 0)


@pytest.mark.parametrize(
    "how", [{"text": "How long are backups stored?"}, {"top_k": 3}, {"kb": "other"}]
)
def test_another_question_is_not_answered_with_it(
    asker: Asker, database: Database, how: dict[str, object]
) -> None:
    publish(database, "a.md", [BACKUPS], kb="other")
    asker.ask()
    assert not asker.ask(**{"text": QUESTION} | how).cached  # type: ignore[arg-type]


def test_another_model_or_another_prompt_writes_its_own_answer(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker.ask()
    asker.model.model = "large"
    assert asker.ask().model == "large"
    monkeypatch.setattr("footnote.answering.prompt._SYSTEM", "Answer in rhymes.")
    assert not asker.ask().cached


def test_an_unrelated_upload_keeps_the_answer(asker: Asker, database: Database) -> None:
    asker.ask()
    publish(database, "b.md", [INVOICES])
    assert asker.ask().cached
    publish(database, "b.md", [INVOICES, "Payment is due after two weeks."], tick=2)
    assert asker.ask().cached


def test_a_changed_chunk_takes_exactly_those_answers_that_cite_it(
    asker: Asker, database: Database
) -> None:
    publish(database, "b.md", [INVOICES])
    backups, invoices = QUESTION, "When are invoices sent?"
    for question in (backups, invoices):
        asker.ask(question)
    assert asker.kept() == 2
    publish(database, "a.md", [BACKUPS.replace("thirty", "sixty")], tick=2)
    assert asker.kept() == 1
    assert asker.ask(invoices).cached
    changed = asker.ask(backups)
    assert (changed.cached, "sixty days" in changed.answer.text) == (False, True)


def test_a_citation_points_to_where_its_quote_stands_now(asker: Asker, database: Database) -> None:
    (before,) = asker.ask().answer.citations
    preface = "A preface of this handbook."
    publish(database, "a.md", [preface, BACKUPS], tick=2, headings=["", "Backups"])
    again = asker.ask()
    (after,) = again.answer.citations
    assert (again.cached, before.start, before.version_id) == (True, 0, "v1")
    assert (after.start, after.page, after.version_id) == (len(preface) + 2, 2, "v2")
    assert after.quote == before.quote


def test_a_document_that_contradicts_makes_a_model_be_asked_again(
    asker: Asker, database: Database
) -> None:
    asker.ask()
    publish(database, "z.md", ["From March on backups are kept for sixty days in every region."])
    again = asker.ask()
    assert not again.cached
    assert "sixty days" in again.answer.text


def test_a_new_text_beside_the_cited_one_makes_a_model_be_asked_again(database: Database) -> None:
    publish(database, "a.md", [BACKUPS], headings=["Backups"])
    asker = Asker(database)
    asker.ask()
    note = "None of the above holds since March."
    publish(database, "a.md", [BACKUPS, note], tick=2, headings=["Backups", "Backups"])
    assert not asker.ask().cached


def test_deleting_a_document_deletes_what_was_said_of_it(asker: Asker, database: Database) -> None:
    asker.ask()
    publish(database, "a.md", [], tick=2)
    with database.transaction() as connection:
        for table in (b"kept_answer", b"kept_citation"):
            assert connection.execute(b"select from " + table).fetchall() == []


def test_an_answer_to_a_document_that_was_deleted_meanwhile_is_not_kept(
    asker: Asker, database: Database
) -> None:
    @dataclass
    class Slow(QuotingModel):
        @override
        def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
            publish(database, "a.md", [], tick=2)
            return super().generate(prompt, deadline_s=deadline_s)

    asker.model = Slow()
    assert asker.ask().answer.citations
    assert asker.kept() == 0


def test_declines_extracts_and_answers_that_failed_are_not_kept(
    asker: Asker, database: Database
) -> None:
    class Lying(QuotingModel):
        text = "NOT IN THE DOCUMENTS"

        @override
        def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
            return Completion(text=self.text, usage=USED)

    lying = Lying()
    asker.model = lying
    good = f"{BACKUPS} {write_claim(1, BACKUPS)}"
    for text in (
        lying.text,
        "No form.",
        f"{good} Ninety days. {write_claim(1, 'for ninety days')}",
    ):
        lying.text = text
        asker.ask()
    extractive = replace(ask_ports(database), answers=asker.ports().answers)
    ask(asked(QUESTION), extractive, seconds())
    assert asker.kept() == 0


def test_answers_have_an_age_limit_and_the_oldest_make_room(
    asker: Asker, database: Database
) -> None:
    asker.most = 2
    for words in ("backups", "backups now", "backups today"):
        asker.ask(f"How long are {words} kept?")
    assert asker.kept() == 2
    assert asker.ask("How long are backups today kept?").cached
    assert not asker.ask("How long are backups kept?").cached
    with database.transaction() as connection:
        connection.execute("update kept_answer set kept_at = now() - interval '8 days'")
    assert not asker.ask("How long are backups today kept?").cached
    assert asker.kept() == 1


def test_a_cache_that_is_down_or_slow_costs_no_answer(asker: Asker) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", connect_timeout_s=0.2)
    answers = PostgresAnswers(away, oldest=WEEK, most=1)
    ports = replace(asker.ports(), answers=AnswerCache(answers=answers))
    for _ in range(2):
        reply = ask(asked(QUESTION), ports, seconds())
        assert (reply.cached, reply.answer.status) == (False, "answered")
    away.close()


def test_what_is_kept_holds_nothing_of_the_question(asker: Asker, database: Database) -> None:
    asker.ask("How long are backups of Jane Roe kept?")
    assert asker.kept() == 1
    with database.transaction() as connection:
        rows = connection.execute(
            "select a::text || c::text as everything from kept_answer a join kept_citation c"
            " using (kb, index_id, digest)"
        ).fetchall()
    assert all("Jane" not in str(row["everything"]) for row in rows)


def test_an_answer_waits_for_a_document_that_is_being_published(
    asker: Asker, database: Database
) -> None:
    asker.ask()
    key, kept = only_kept(asker)
    answers = PostgresAnswers(database, oldest=WEEK, most=9)
    document = {"kb": KB, "document_id": kept.citations[0].document_id}
    another = replace(key, digest=b"another question")
    keeping = threading.Thread(target=answers.keep, args=(another, kept))
    with database.transaction() as publishing:
        # As `PostgresIndex.publish` does: the document's row first, then all that depends on it.
        publishing.execute(load_queries("documents.sql")["lock_document"], document)
        publishing.execute(
            "delete from indexed_document where kb = %(kb)s and document_id = %(document_id)s",
            document,
        )
        publishing.execute(load_queries("answers.sql")["forget_answers"], document)
        keeping.start()
        keeping.join(0.3)
        assert keeping.is_alive()
    keeping.join(10)
    assert (keeping.is_alive(), asker.kept()) == (False, 0)


def only_kept(asker: Asker) -> tuple[AnswerKey, KeptAnswer]:
    """The one answer that is kept, and its key."""
    with asker.database.transaction() as connection:
        (row,) = connection.execute("select kb, index_id, digest from kept_answer").fetchall()
    key = AnswerKey(**row)  # type: ignore[arg-type]
    kept = PostgresAnswers(asker.database, oldest=WEEK, most=9).find(key)
    assert kept is not None
    return key, kept


def test_a_kept_answer_is_forgotten_with_the_question_that_it_was_written_for(
    asker: Asker, database: Database
) -> None:
    ports = replace(asker.ports(), ledger=PostgresLedger(database))
    first = ask(asked(QUESTION, conversation="first"), ports, seconds())
    ask(asked(QUESTION, conversation="again"), ports, seconds())
    retention = PostgresRetention(database)
    assert retention.forget_conversation("again", OWNER) == Forgotten(questions=1)
    assert (first.cached, asker.kept()) == (False, 1)
    assert retention.forget_conversation("first", OWNER) == Forgotten(questions=1, answers=1)
    assert asker.kept() == 0


def test_a_kept_answer_gets_no_older_than_questions_may(asker: Asker, database: Database) -> None:
    asker.ask()
    retention = PostgresRetention(database)
    assert retention.forget_page(1, 10) == Forgotten()
    with database.transaction() as connection:
        connection.execute("update kept_answer set kept_at = now() - interval '1 day'")
    assert retention.forget_page(1, 10) == Forgotten(answers=1)
