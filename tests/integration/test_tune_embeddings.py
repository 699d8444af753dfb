"""Learning adapters against a real Postgres: what is put in force is what the search then does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import psycopg
import pytest

from footnote.circuit_breaker import CircuitBreakers
from footnote.domain.errors import NotFoundError
from footnote.domain.fusion import DEFAULT_WEIGHTS
from footnote.domain.passage import Retrieval
from footnote.domain.query_adapter import LearnedAdapter
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.embedding.port import Vector
from footnote.embedding.query_adapter import KnownAdapters
from footnote.evaluation.question_set import Question
from footnote.postgres.connection import Database
from footnote.postgres.fitted import PostgresFitted
from footnote.postgres.passages import PostgresPassages
from footnote.postgres.query_adapters import PostgresQueryAdapters
from footnote.postgres.reindex import PostgresReindex
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.retrieval.last_known import LastKnownIndexes
from footnote.retrieve import RetrievePorts, query_of, retrieve
from footnote.tune import Plan
from footnote.tune_embeddings import EACH, AdapterPorts, tune_embeddings
from footnote.tuning.folds import Source
from footnote.tuning.fusion import NOT_FOUND
from footnote.tuning.hybrid import document_rank
from footnote.tuning.neighbourhoods import AskedOf, Embeddings, laid_out
from tests.asking import FORM, KB, asked, seconds
from tests.fakes import FakeEmbedder
from tests.integration.postgres.test_passages import publish

pytestmark = pytest.mark.integration
DOCUMENTS = 32
SMALL = IndexForm(model="another-model", dimension=16)
LEANING = np.random.default_rng(7).normal(size=384)
LEANING /= np.linalg.norm(LEANING)


def topic(number: int) -> str:
    """Words that only one document has."""
    return f"subject{number:02} theme{number:02} matter{number:02}"


class Leaning(FakeEmbedder):
    """Puts all questions far to one side, from where the documents hardly differ.

    A question is no document's words: "about 7" means document 7.
    """

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        meant = [topic(int(one.split()[-1])) if one.startswith("about") else one for one in texts]
        moved = np.array(super().embed(meant)) + 6 * LEANING
        unit: list[Vector] = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).tolist()
        return unit


@pytest.fixture
def filled(database: Database) -> Database:
    for number in range(DOCUMENTS):
        texts = [f"{topic(number)} {part} is told here" for part in ("first", "second")]
        publish(database, f"{number:02}.md", texts, tick=number + 1)
    return database


@pytest.fixture
def store(filled: Database) -> PostgresQueryAdapters:
    return PostgresQueryAdapters(filled)


@pytest.fixture
def index(filled: Database) -> SearchIndex:
    return PostgresSearchIndexes(filled, FORM).active(KB)


@pytest.fixture
def ports(filled: Database, store: PostgresQueryAdapters) -> AdapterPorts:
    return AdapterPorts(
        indexes=PostgresSearchIndexes(filled, FORM),
        embedders=lambda _: Leaning(),
        passages=PostgresPassages(filled),
        fitted=PostgresFitted(filled),
        store=store,
    )


def searching(database: Database) -> RetrievePorts:
    return RetrievePorts(
        indexes=LastKnownIndexes(PostgresSearchIndexes(database, FORM)),
        embedders=lambda _: Leaning(),
        adapters=KnownAdapters(PostgresQueryAdapters(database).read),
        passages=PostgresPassages(database),
        breakers=CircuitBreakers(),
    )


def about(number: int) -> Question:
    return Question(
        question_id=f"q{number}",
        text=f"about {number % DOCUMENTS}",
        gold_documents=(f"{number % DOCUMENTS:02}.md",),
        cluster=f"{number % DOCUMENTS:02}.md",
    )


def learned(scale: float = 0.0) -> LearnedAdapter:
    """Takes a share of the leaning out of a question."""
    return LearnedAdapter(
        directions=1,
        down=LEANING.astype("<f4").tobytes(),
        up=(-scale * LEANING).astype("<f4").tobytes(),
        questions=40,
        question_set=b"hash",
        pull=1.0,
        figures={"mrr": 0.5, "gain": 0.1, "low": 0.05, "high": 0.15},
    )


def search(ports: RetrievePorts, number: int = 7) -> Retrieval:
    return retrieve(asked(f"about {number}"), ports, seconds(30))


def test_an_adapter_counts_from_the_next_question_on_and_is_taken_back_by_one_statement(
    filled: Database, store: PostgresQueryAdapters, index: SearchIndex
) -> None:
    ports = searching(filled)
    before = search(ports)
    first = store.promote(index, learned(0.5))
    halfway = search(ports)
    second = store.promote(index, learned(1.0))
    after = search(ports)
    assert (before.adapter, halfway.adapter, after.adapter) == (None, first, second)
    cosines = [found.passages[0].cosine for found in (before, halfway, after)]
    assert cosines[0] < cosines[1] < cosines[2]
    assert [store.roll_back(index), search(ports).adapter] == [first, first]
    assert [store.roll_back(index), search(ports).adapter] == [None, None]
    assert search(ports).passages == before.passages
    with pytest.raises(NotFoundError, match="nothing to take back"):
        store.roll_back(index)


def test_whether_documents_speak_of_a_question_is_told_by_the_models_own_cosine(
    filled: Database, store: PostgresQueryAdapters, index: SearchIndex
) -> None:
    """A calibration is that of the model: an adapter makes all cosines higher, or lower."""
    ports = searching(filled)
    before = [search(ports, number).evidence for number in range(8)]
    store.promote(index, learned(1.0))
    after = [search(ports, number).evidence for number in range(8)]
    assert after == before


def test_an_adapter_is_of_one_index_and_goes_with_it(
    filled: Database, store: PostgresQueryAdapters, index: SearchIndex, database_url: str
) -> None:
    number = store.promote(index, learned(1.0))
    indexes = PostgresSearchIndexes(filled, FORM)
    reindex = PostgresReindex(filled, indexes)
    other = reindex.begin(KB, SMALL)
    assert other.adapter is None
    with (
        psycopg.connect(database_url) as connection,
        pytest.raises(psycopg.errors.ForeignKeyViolation),
    ):
        connection.execute(
            "update search_index set adapter_id = %s where index_id = %s", [number, other.index_id]
        )
    kept = store.promote(other, replace(learned(), down=bytes(64), up=bytes(64)))
    assert [one.model for one in store.all_of(KB)] == [FORM.model, SMALL.model]
    assert [one.active for one in store.all_of(KB)] == [True, False]
    reindex.drop(replace(other, adapter=kept))
    assert [one.number for one in store.all_of(KB)] == [number]
    assert store.read(KB, kept) is None
    with pytest.raises(NotFoundError, match="was dropped meanwhile"):
        store.promote(other, learned())


def test_reset_keeps_what_was_learned_to_be_listed(
    filled: Database, store: PostgresQueryAdapters, index: SearchIndex
) -> None:
    store.promote(index, learned(1.0))
    store.reset(index)
    assert search(searching(filled)).adapter is None
    (one,) = store.all_of(KB)
    assert (one.active, one.figures["gain"], one.questions) == (False, 0.1, 40)
    assert one.created_at <= datetime.now(UTC)


def test_the_offline_rank_is_that_of_a_live_search(
    filled: Database, store: PostgresQueryAdapters, index: SearchIndex
) -> None:
    passages = PostgresPassages(filled)
    draw = np.random.default_rng(3)
    for number in range(0, DOCUMENTS, 4):
        text = f"theme{number:02} matter{(number + 5) % DOCUMENTS:02} is first told"
        gold = f"{KB}/{number:02}.md"
        vector = draw.normal(size=384)
        vector /= np.linalg.norm(vector)
        query = query_of(text, index, 300, vector.tolist())
        candidates = passages.candidates(query)
        asked_of = AskedOf(
            source=Source(cluster=gold, documents=frozenset()),
            vector=vector.tolist(),
            candidates=candidates,
            gold_chunks=[],
            gold_keys=frozenset([gold]),
        )
        embeddings = Embeddings(
            chunks=store.embeddings(index, [one.chunk_id for one in candidates]),
            documents=store.document_embeddings(index, [one.key for one in candidates]),
        )
        (row,), embedded = laid_out([asked_of], embeddings, EACH, DEFAULT_WEIGHTS)
        cosine, whole = (
            matrix[rows].astype(float) @ vector
            for matrix, rows in ((embedded.chunks, row.chunks), (embedded.documents, row.documents))
        )
        live = passages.search(replace(query, top_k=50)).passages
        keys = list(dict.fromkeys(one.key for one in live))
        expected = keys.index(gold) + 1 if gold in keys else NOT_FOUND
        assert document_rank(row, cosine, whole, embedded) == expected


def test_nothing_is_put_in_force_where_the_search_finds_everything_already(
    ports: AdapterPorts, store: PostgresQueryAdapters
) -> None:
    searched: list[int] = []
    plain = [replace(about(at), text=f"which {topic(at)} is it?") for at in range(DOCUMENTS)]
    found = tune_embeddings(Plan(kb=KB, questions=plain, seed=1, searched=searched.append), ports)
    assert found.learned is None
    assert not found.report.better
    assert (found.questions, found.documents, found.left_out) == (DOCUMENTS, DOCUMENTS, 0)
    assert searched == [DOCUMENTS] * DOCUMENTS
    assert store.all_of(KB) == []


def test_questions_put_twice_do_not_teach_what_they_are_judged_by(ports: AdapterPorts) -> None:
    """Each question stands for several documents at once: known answers would be right."""
    draw = np.random.default_rng(5)
    asked_twice = [
        replace(
            about(at),
            text=f"random{at // 2} word{at // 2} asked{at // 2}",
            gold_documents=(f"{draw.integers(DOCUMENTS):02}.md",),
            cluster=f"cluster{at}",
        )
        for at in range(40)
    ]
    found = tune_embeddings(Plan(kb=KB, questions=asked_twice, seed=1), ports)
    assert found.learned is None
