"""Whatever is uploaded, changed and deleted: no answer that is kept cites what is gone."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from footnote.answer_cache import AnswerCache
from footnote.ask import ask
from footnote.domain.answer import Citation
from footnote.domain.document import DocumentId, document_id_of
from footnote.postgres.answers import PostgresAnswers
from footnote.postgres.connection import Database
from tests.asking import ask_ports, asked, seconds
from tests.integration.postgres.test_answers import OTHERS, QuotingModel
from tests.integration.postgres.test_passages import publish
from tests.machines import STORM_SEED, run_machine

pytestmark = pytest.mark.integration
SUBJECTS = ("apples", "pears", "quinces")
TEXTS = [f"{subject.title()} last for {days} days." for subject in SUBJECTS for days in (3, 5, 8)]
KEYS = st.sampled_from(["a.md", "b.md", "c.md"])
_numbers = count(1)

type Cited = frozenset[tuple[DocumentId, str]]


class Uploads(RuleBasedStateMachine):
    """A few short documents on a few subjects, and questions about these."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.kb = f"kb{next(_numbers)}"
        self.ticks = count(1)
        self.documents: dict[DocumentId, list[str]] = {}
        self.kept: dict[str, Cited] = {}
        answers = PostgresAnswers(self.database, oldest=timedelta(days=1), most=100)
        ports = ask_ports(self.database, QuotingModel())
        self.ports = replace(ports, answers=AnswerCache(answers=answers))

    @initialize()
    def others(self) -> None:
        publish(self.database, "others.md", OTHERS, kb=self.kb)

    @rule(key=KEYS, texts=st.lists(st.sampled_from(TEXTS), max_size=3, unique=True))
    def put(self, key: str, texts: list[str]) -> None:
        publish(self.database, key, texts, kb=self.kb, tick=next(self.ticks))
        document = document_id_of(f"{self.kb}/{key}")
        self.documents[document] = texts
        self.kept = {
            subject: cited
            for subject, cited in self.kept.items()
            if all(text in self.documents[one] for one, text in cited)
        }

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        self.put(key, [])

    @rule(subject=st.sampled_from(SUBJECTS))
    def ask(self, subject: str) -> None:
        reply = ask(asked(f"{subject}?", kb=self.kb, top_k=20), self.ports, seconds())
        cited = frozenset((one.document_id, one.quote) for one in reply.answer.citations)
        if reply.cached:
            assert cited == self.kept[subject]
            assert {quote for _, quote in cited} == self._told_of(subject)
        elif cited:
            self.kept[subject] = cited
        assert all(self._stands(citation) for citation in reply.answer.citations)

    @invariant()
    def what_is_kept_cites_what_is_there(self) -> None:
        with self.database.transaction() as connection:
            rows = connection.execute(
                "select digest, document_id, quote from kept_citation where kb = %s", (self.kb,)
            ).fetchall()
        found: dict[object, set[tuple[object, object]]] = {}
        for row in rows:
            found.setdefault(row["digest"], set()).add((row["document_id"], row["quote"]))
        assert sorted(map(sorted, found.values())) == sorted(map(sorted, self.kept.values()))

    def _told_of(self, subject: str) -> set[str]:
        every = (text for texts in self.documents.values() for text in texts)
        return {text for text in every if text.casefold().startswith(subject)}

    def _stands(self, citation: Citation) -> bool:
        whole = "\n\n".join(self.documents[citation.document_id])
        return whole[citation.start : citation.end] == citation.quote


def check(database: Database, examples: int, *, at_random: int | None = None) -> None:
    class Machine(Uploads):
        pass

    Machine.database = database
    run_machine(Machine, examples=examples, steps=30, at_random=at_random)


def test_no_kept_answer_cites_what_is_gone_and_each_says_what_a_model_would_say_now(
    quick_database: Database,
) -> None:
    check(quick_database, 20)


@pytest.mark.storm
@pytest.mark.parametrize("part", range(10), ids="part_{}".format)
def test_in_a_storm_no_kept_answer_cites_what_is_gone(quick_database: Database, part: int) -> None:
    check(quick_database, 200, at_random=STORM_SEED * 10 + part)


def test_where_publishing_forgets_no_answer_the_same_check_fails(quick_database: Database) -> None:
    with quick_database.transaction() as connection:
        connection.execute(
            "create function keep_it() returns trigger language plpgsql as"
            " $$ begin return null; end $$"
        )
        connection.execute(
            "create trigger keep_it before delete on kept_answer"
            " for each row execute function keep_it()"
        )
    with pytest.raises((AssertionError, ExceptionGroup, KeyError)):
        check(quick_database, 20)
