"""Search in a real Postgres: BM25 as a library computes it, exact and approximate neighbours."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bm25s
import pytest
from psycopg import Connection
from psycopg.rows import DictRow

from footnote.domain.chunk import Chunk, content_hash
from footnote.domain.document import DocumentStatus, KnowledgeBaseId, ObjectVersion
from footnote.domain.generation import Generation, IndexedDocument
from footnote.domain.passage import Evidence, Passage, Retrieval
from footnote.domain.search_index import IndexForm
from footnote.postgres import passages
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.index import PostgresIndex
from footnote.postgres.passages import PostgresPassages
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.retrieval.bm25 import K1, LENGTH_PIVOT, B, question_pairs, question_terms
from footnote.retrieval.port import Query
from footnote.retrieval.terms import term_counts
from tests.fakes import FakeEmbedder

pytestmark = pytest.mark.integration
FORM = IndexForm(model=FakeEmbedder.model, dimension=384)
KB = KnowledgeBaseId("help")
ROOT = Path(__file__).parents[3]
START = datetime(2026, 11, 22, tzinfo=UTC)


def publish(
    database: Database,
    key: str,
    texts: Sequence[str],
    *,
    kb: str = KB,
    tick: int = 1,
    attributes: Mapping[str, object] | None = None,
    headings: Sequence[str] = (),
) -> None:
    """One chunk a text, each on a page of its own; under the headings, where these are given."""
    version = ObjectVersion(
        bucket="b",
        key=f"{kb}/{key}",
        sequencer=f"{tick:04X}",
        version_id=f"v{tick}",
        event_time=START + timedelta(seconds=tick),
    )
    claim = PostgresDocuments(database).claim(version)
    (index,) = PostgresSearchIndexes(database, FORM).current(KnowledgeBaseId(kb))
    vectors = FakeEmbedder().embed(texts)
    starts = [sum(len(text) + 2 for text in texts[:ordinal]) for ordinal in range(len(texts))]
    chunks = tuple(
        Chunk(
            ordinal=ordinal,
            text=text,
            heading_path=(headings[ordinal],) if headings else (),
            page=ordinal + 1,
            start=starts[ordinal],
            end=starts[ordinal] + len(text),
            page_breaks=(2, 5 + ordinal),
        )
        for ordinal, text in enumerate(texts)
    )
    hashes = tuple(content_hash(text) for text in texts)
    document = IndexedDocument(
        index=index,
        names=(),
        chunks=chunks,
        hashes=hashes,
        embeddings=dict(zip(hashes, vectors, strict=True)),
    )
    generation = Generation(
        status=DocumentStatus.READY,
        version_id=version.version_id,
        title=key,
        attributes=dict(attributes or {}),
        indexed=(document,),
    )
    assert PostgresIndex(database).publish(version, claim, generation)


def search(
    database: Database, question: str, *, kb: str = KB, top_k: int = 100, beside: bool = False
) -> tuple[Passage, ...]:
    return retrieval(database, question, kb=kb, top_k=top_k, beside=beside).passages


def evidence(database: Database, question: str) -> Evidence:
    return retrieval(database, question).evidence


def retrieval(
    database: Database, question: str, *, kb: str = KB, top_k: int = 100, beside: bool = False
) -> Retrieval:
    (vector,) = FakeEmbedder().embed([question])
    index = PostgresSearchIndexes(database, FORM).active(KnowledgeBaseId(kb))
    terms = question_terms(index.kb, question, index.languages)
    pairs = question_pairs(index.kb, question, index.languages)
    query = Query(index=index, vector=vector, terms=terms, pairs=pairs, top_k=top_k, beside=beside)
    return PostgresPassages(database).search(query)


def real_words() -> list[str]:
    """Words of this project's own documentation that are one term each."""
    text = " ".join(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))
    words = [word for word in text.lower().split() if word.isalpha()]
    return [word for word in words if len(term_counts(word)) == 1]


def test_scores_are_those_of_a_reference_library_through_updates_and_deletes(
    database: Database,
) -> None:
    words = real_words()
    # Texts of 80 and 120 terms in turn: their mean is the pivot, which the library computes.
    texts = [
        " ".join(words[start : start + length])
        for start in range(0, len(words) - 200, 200)
        for start, length in ((start, 80), (start + 80, 120))
    ][:100]  # as many as are found
    words = " ".join(texts).split()
    assert LENGTH_PIVOT == 100
    assert len(texts) >= 6
    publish(database, "gone.md", texts[:2])
    publish(database, "kept.md", ["nothing of this stays", *texts])
    publish(database, "kept.md", texts, tick=2)
    publish(database, "gone.md", [], tick=2)
    corpus = [[next(iter(term_counts(word))) for word in text.split()] for text in texts]
    reference = bm25s.BM25(method="lucene", k1=K1, b=B)
    reference.index(corpus, show_progress=False)
    question = " ".join(random.Random(7).sample(sorted(set(words)), 12))
    expected = reference.get_scores([next(iter(term_counts(word))) for word in question.split()])
    found = {passage.ordinal: passage.bm25 for passage in search(database, question)}
    assert len(found) == len(texts)
    for ordinal, score in enumerate(expected):
        assert found[ordinal] == pytest.approx(score * (K1 + 1), rel=1e-3, abs=1e-4)


def test_a_second_search_on_a_connection_plans_nothing_anew(
    database: Database, database_url: str
) -> None:
    publish(database, "a.md", ["leave"])
    searching = Database(database_url, connections=1)
    used = []
    for _ in range(2):
        search(searching, "leave")
        with searching.autocommit() as connection:
            rows = connection.execute(
                "select name, generic_plans + custom_plans as used from pg_prepared_statements"
            ).fetchall()
        used.append({str(row["name"]): int(str(row["used"])) for row in rows})
    searching.close()
    # What sets the limits, the search, and the knowledge base's wishes.
    assert sorted(used[0].values()) == [1, 1, 1]
    assert used[1] == dict.fromkeys(used[0], 2)


def test_before_there_are_any_statistics_only_the_questions_own_words_are_looked_up(
    database: Database, database_url: str
) -> None:
    words = sorted(set(real_words()))[:400]
    publish(database, "words.md", [" ".join(words)])
    searching = Database(database_url, connections=1)
    with searching.autocommit() as connection:
        before = counted_words(connection)
    search(searching, " ".join(words[100:105]))
    with searching.autocommit() as connection:
        assert 0 < counted_words(connection) - before < 20
    searching.close()


def counted_words(connection: Connection[DictRow]) -> int:
    """How many rows of `term_frequency` were read up to now."""
    connection.execute("select pg_stat_force_next_flush()")
    row = connection.execute(
        "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as read"
        " from pg_stat_user_tables where relname = 'term_frequency'"
    ).fetchone()
    assert row is not None
    return int(str(row["read"]))


def test_a_rare_word_finds_its_passage_whatever_the_vectors_say(database: Database) -> None:
    publish(database, "errors.md", ["Error ORA-00942 means a table is missing", "Nothing here"])
    publish(database, "other.md", [f"means a table number {n} is there" for n in range(30)])
    assert "ORA-00942" in search(database, "what is ORA-00942?")[0].text


def test_the_chunks_beside_a_passage_in_its_section_come_with_it_where_they_are_asked_for(
    database: Database,
) -> None:
    texts = ["Night shift", "Backups are kept", "Thirty days", "Invoices are sent", "Monthly"]
    headings = ["Setup", "Setup", "Setup", "Billing", "Billing"]
    publish(database, "a.md", texts, headings=headings)
    publish(database, "b.md", ["Something else", "It says nothing"])
    (backups,) = search(database, "backups kept", top_k=1, beside=True)
    assert sorted(part.ordinal for part in backups.beside) == [0, 2]
    breaks = {part.ordinal: part.page_breaks for part in (backups.as_part(), *backups.beside)}
    assert breaks == {ordinal: (2, 5 + ordinal) for ordinal in range(3)}
    (invoices,) = search(database, "invoices sent", top_k=1, beside=True)
    (part,) = invoices.beside
    start = len("\n\n".join(texts[:4])) + 2
    assert (part.ordinal, part.page, part.start, part.text) == (4, 5, start, "Monthly")
    assert search(database, "invoices sent", top_k=1)[0].beside == ()


def test_a_knowledge_base_never_sees_another_one(database: Database) -> None:
    publish(database, "a.md", ["Backups are kept for thirty days"], kb="one")
    publish(database, "a.md", ["Backups are kept for sixty days"], kb="two")
    for kb, word in (("one", "thirty"), ("two", "sixty")):
        (passage,) = search(database, "how long are backups kept", kb=kb)
        assert word in passage.text
    assert search(database, "how long are backups kept", kb="three") == ()


def test_the_hnsw_index_gives_all_rows_of_a_small_share(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = 11
    choose = random.Random(seed)
    words = real_words()
    rest = [" ".join(choose.sample(words, 20)) for _ in range(600)]
    publish(database, "many.md", rest, kb="crowd")
    publish(database, "few.md", [f"{text} backups" for text in rest[:15]], kb="few")
    exact = [p.ordinal for p in search(database, "our backups", kb="few", top_k=10)]
    monkeypatch.setattr(passages, "EXACT_BELOW", 0)
    nearest = [p.ordinal for p in search(database, "our backups", kb="few", top_k=10)]
    assert len(exact) == len(nearest) == 10, f"seed {seed}"
    assert len(set(exact) & set(nearest)) >= 9, f"seed {seed}"


def test_scores_lie_between_0_and_1_and_ranks_count_from_1(database: Database) -> None:
    publish(database, "a.md", ["Backups are kept", "Invoices are sent", "Routers are rebooted"])
    found = search(database, "when are invoices sent")
    assert [passage.rank for passage in found] == [1, 2, 3]
    assert all(0 <= passage.score <= 1.000001 for passage in found)
    assert found[0].text == "Invoices are sent"


def test_a_question_without_any_known_word_still_finds_the_nearest(database: Database) -> None:
    publish(database, "a.md", ["Backups are kept"])
    assert len(search(database, "the of and")) == 1
    assert len(search(database, "xyzzy")) == 1


def test_the_index_is_as_of_the_last_event_unless_an_older_one_is_under_way(
    database: Database,
) -> None:
    publish(database, "a.md", ["Backups are kept"], tick=5)
    (vector,) = FakeEmbedder().embed(["x"])
    index = PostgresSearchIndexes(database, FORM).active(KB)
    query = Query(index=index, vector=vector, terms=(), top_k=1)
    found = PostgresPassages(database)
    assert found.search(query).index_as_of == START + timedelta(seconds=5)
    waiting = ObjectVersion(
        bucket="b",
        key="help/b.md",
        sequencer="1",
        version_id="v",
        event_time=START + timedelta(seconds=2),
    )
    just_before = START + timedelta(seconds=2) - timedelta(milliseconds=1)
    PostgresDocuments(database).admit([waiting])
    assert found.search(query).index_as_of == just_before
    PostgresDocuments(database).claim(replace(waiting, event_time=START, sequencer="2"))
    assert found.search(query).index_as_of == START - timedelta(milliseconds=1)


def test_german_documents_are_found_by_other_forms_of_their_words(database: Database) -> None:
    publish(database, "de.md", ["Die H\u00e4user der Kunden haben mehrere Sicherungen im Keller"])
    publish(database, "en.md", ["The houses of the customers have several fuses in the cellar"])
    index = PostgresSearchIndexes(database, FORM).active(KnowledgeBaseId(KB))
    assert index.languages == ("english", "german")
    found = search(database, "Welche Sicherung hat das Haus?")
    assert found[0].key.endswith("de.md")
    assert found[0].bm25 > 0


def test_words_side_by_side_beat_the_same_words_apart(database: Database) -> None:
    publish(
        database,
        "a.md",
        [
            "A namespace holds the objects; by default it is not deleted, whatever they are",
            "The default namespace holds the objects; it is not deleted, whatever they are",
        ],
    )
    found = search(database, "which is the default namespace?")
    assert found[0].text.startswith("The default namespace")
    assert found[0].bm25 == pytest.approx(found[1].bm25, rel=0.01)


def test_a_language_that_hardly_stands_in_the_index_changes_no_evidence(database: Database) -> None:
    publish(database, "en.md", [f"the tuned engines are running in room {n}" for n in range(20)])
    before = evidence(database, "are the engines running tuned?")
    publish(database, "de.md", ["Das ist nicht die Sache, um die es hier geht"])
    after = evidence(database, "are the engines running tuned?")
    assert before.coverage == pytest.approx(1.0)
    assert after.coverage == pytest.approx(1.0)
    assert after.bm25 == pytest.approx(before.bm25, rel=0.1)


def test_how_many_passages_are_asked_for_changes_no_evidence(database: Database) -> None:
    publish(database, "a.md", ["backups are kept", "for thirty days", "in every region", "or not"])
    question = "are backups kept thirty days in every region?"
    few, many = (retrieval(database, question, top_k=top_k) for top_k in (1, 50))
    assert (len(few.passages), len(many.passages)) == (1, 4)
    assert few.evidence == many.evidence
    assert few.evidence.coverage == pytest.approx(1.0)


def test_in_a_large_index_frequent_words_find_what_holds_them_together(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    frequent = [f"The {word} number {n}" for word in ("router", "warranty") for n in range(60)]
    both = [f"The warranty of router {n}" for n in range(5)]
    publish(database, "a.md", [*frequent, *both])
    for limit in ("EXACT_BELOW", "RARE_POSTINGS"):
        monkeypatch.setattr(passages, limit, 0)
    monkeypatch.setattr(passages, "CONJUNCTION_BUDGET", 50)
    monkeypatch.setattr(passages, "CONJUNCTION_ROWS", 40)
    index = PostgresSearchIndexes(database, FORM).active(KB)
    terms = question_terms(KB, "router warranty")
    query = Query(index=index, vector=None, terms=terms, top_k=200)
    found = PostgresPassages(database).search(query).passages
    assert {passage.text for passage in found} == set(both)


def test_reading_more_words_together_never_loses_the_best_of_a_large_index(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose = random.Random(17)
    words = sorted(set(real_words()))[:60]
    publish(database, "a.md", [" ".join(choose.sample(words, 20)) for _ in range(400)])
    questions = [" ".join(choose.sample(words, 5)) for _ in range(20)]

    def best() -> list[list[int]]:
        return [[p.ordinal for p in search(database, one, top_k=10)] for one in questions]

    complete = best()
    monkeypatch.setattr(passages, "EXACT_BELOW", 0)
    monkeypatch.setattr(passages, "RARE_POSTINGS", 100)
    monkeypatch.setattr(passages, "CONJUNCTION_ROWS", 60)
    kept = [len({*one} & {*other}) / 10 for one, other in zip(complete, best(), strict=True)]
    assert sum(kept) / len(kept) >= 0.97
