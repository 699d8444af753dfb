"""Tuning against a real Postgres: what is fitted is what the search then does."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.domain.fusion import DEFAULT_WEIGHTS, Fitted, Weights
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.embedding.port import Vector
from footnote.embedding.query_adapter import KnownAdapters
from footnote.evaluation.gate import FEWEST_QUESTIONS
from footnote.evaluation.question_set import Question, foreign
from footnote.postgres.connection import Database
from footnote.postgres.fitted import PostgresFitted
from footnote.postgres.passages import PostgresPassages
from footnote.postgres.query_adapters import PostgresQueryAdapters
from footnote.postgres.reindex import PostgresReindex
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.retrieval.in_corpus import WORDS_ALONE, answerable
from footnote.retrieval.port import Query
from footnote.retrieve import query_of
from footnote.tune import Plan, TunePorts, tune
from footnote.tuning.folds import Source
from footnote.tuning.fusion import NOT_FOUND, RankedQuestion, document_ranks
from tests.asking import FORM, KB
from tests.fakes import FakeEmbedder
from tests.integration.postgres.test_passages import publish

pytestmark = pytest.mark.integration
DOCUMENTS = 32
SMALL = IndexForm(model="another-model", dimension=16)
EVERY_WEIGHTS: list[Weights] = [
    DEFAULT_WEIGHTS,
    (1.0, 0.0, 0.0),
    (0.0, 1.0, 0.0),
    (0.0, 0.0, 1.0),
    (0.15, 0.225, 0.625),
]


def topic(number: int) -> str:
    """Words that only one document has."""
    return f"subject{number:02} theme{number:02} matter{number:02}"


@dataclass
class ByMeaning(FakeEmbedder):
    """Understands a number behind `meaning` as the subject of that document."""

    def __init__(self) -> None:
        super().__init__()

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        numbers = (text.partition(" meaning ")[2] for text in texts)
        meant = [topic(int(number)) if number else "" for number in numbers]
        return super().embed([one or text for one, text in zip(meant, texts, strict=True)])


@pytest.fixture(scope="module")
def filled(shared_database: Database) -> Database:
    """Documents of two chunks, of their own subject among words that all share."""
    draw = random.Random(1)
    words = [f"word{number}" for number in range(60)]
    for number in range(DOCUMENTS):
        texts = [" ".join([topic(number), *draw.choices(words, k=30)]) for _ in range(2)]
        publish(shared_database, f"{number:02}.md", texts, tick=number + 1)
    return shared_database


@pytest.fixture
def ports(filled: Database) -> Iterator[TunePorts]:
    embedder = ByMeaning()
    ports = TunePorts(
        indexes=PostgresSearchIndexes(filled, FORM),
        embedders=lambda _: embedder,
        adapters=KnownAdapters(PostgresQueryAdapters(filled).read),
        passages=PostgresPassages(filled),
        fitted=PostgresFitted(filled),
    )
    yield ports
    ports.fitted.write(ports.indexes.active(KB), Fitted())


@pytest.fixture
def index(ports: TunePorts) -> SearchIndex:
    return ports.indexes.active(KB)


def query_for(text: str, index: SearchIndex, top_k: int) -> Query:
    (vector,) = ByMeaning().embed([text])
    return query_of(text, index, top_k, vector)


def misled(number: int) -> Question:
    """Its words are of one document, and what it means is in another."""
    right, wrong = number % DOCUMENTS, (number + 7) % DOCUMENTS
    return Question(
        question_id=f"q{number}",
        text=f"{topic(wrong)} meaning {right}",
        gold_documents=(f"{right:02}.md",),
        cluster=f"{right:02}.md",
    )


def plain(number: int) -> Question:
    """Its words and its meaning are of the same document."""
    return replace(misled(number), text=f"which {topic(number % DOCUMENTS)} is it?")


def elsewhere(number: int) -> Question:
    """Asks for what no document speaks of."""
    text = f"word{number % 60} chess olympiad winners of {1950 + number}?"
    return Question(question_id=f"away{number}", text=text, answerable=False, cluster=f"a{number}")


def plan(questions: Sequence[Question], **known: object) -> Plan:
    return Plan(**{"kb": KB, "questions": questions, "seed": 1} | known)  # type: ignore[arg-type]


@pytest.mark.parametrize("exact_below", [15_000, 0], ids=["exact", "hnsw"])
def test_fused_offline_candidates_are_in_the_order_of_the_live_search(
    filled: Database, index: SearchIndex, exact_below: int
) -> None:
    passages = PostgresPassages(filled, exact_below=exact_below)
    for number in range(0, 30, 6):
        query = query_for(misled(number).text, index, 100)
        candidates = passages.candidates(query)
        for weights in EVERY_WEIGHTS:
            live = passages.search(replace(query, weights=weights)).passages
            kept = np.array(weights, dtype=np.float32).astype(float).tolist()
            fused = [
                (kept[0] * a + kept[1] * b + kept[2] * c, -one.chunk_id, one.key)
                for one in candidates
                for a, b, c in [one.scores]
            ]
            offline = [(score, key) for score, _, key in sorted(fused, reverse=True)]
            assert offline[:100] == [(one.score, one.key) for one in live]


def test_the_rank_of_the_right_document_is_what_a_live_search_finds(
    ports: TunePorts, index: SearchIndex
) -> None:
    """By weights as the search itself reads them, from the index."""
    asked = [misled(number) for number in range(10)]
    queries = [query_for(one.text, index, 50) for one in asked]
    for weights in EVERY_WEIGHTS:
        ports.fitted.write(index, Fitted(weights=weights))
        for question, query in zip(asked, queries, strict=True):
            gold = f"{KB}/{question.gold_documents[0]}"
            ranked = RankedQuestion(
                source=Source(cluster=gold, documents=frozenset()),
                candidates=ports.passages.candidates(query),
                gold=frozenset([gold]),
            )
            (rank,) = document_ranks(ranked, np.array([weights]))
            live = list(dict.fromkeys(one.key for one in ports.passages.search(query).passages))
            assert rank == (live.index(gold) + 1 if gold in live else NOT_FOUND)


def test_a_gain_that_is_there_is_found_and_what_is_written_counts_from_the_next_search(
    ports: TunePorts, index: SearchIndex
) -> None:
    asked = [misled(number) for number in range(36)]
    found = tune(plan(asked), ports)
    gain = found.weights.judged[0].difference
    assert found.weights.better
    assert gain.low is not None
    assert 0 < gain.low < gain.value
    assert found.weights.chosen[1] < DEFAULT_WEIGHTS[1]
    assert ports.fitted.read(index) == Fitted()
    ports.fitted.write(index, found.after)
    for question in asked[:10]:
        live = ports.passages.search(query_for(question.text, index, 1))
        assert live.passages[0].key.endswith(question.gold_documents[0])


def test_where_the_default_finds_everything_it_stays(ports: TunePorts) -> None:
    found = tune(plan([plain(number) for number in range(32)]), ports)
    assert (found.weights.better, found.weights.chosen) == (False, DEFAULT_WEIGHTS)
    assert found.after == found.before == Fitted()


def test_what_was_fitted_before_stays_where_nothing_better_is_shown(
    ports: TunePorts, index: SearchIndex
) -> None:
    earlier = Fitted(weights=(0.5, 0.25, 0.25), calibration=(1.0, 2.0, 3.0, 4.0, -5.0))
    ports.fitted.write(index, earlier)
    found = tune(plan([plain(number) for number in range(32)]), ports)
    assert found.after == found.before == earlier


def test_a_calibration_is_fitted_against_other_subjects_questions(
    ports: TunePorts, index: SearchIndex
) -> None:
    """This embedding model has none of its own: by default words alone decide."""
    away = foreign([elsewhere(number) for number in range(32)], "chess")
    found = tune(plan([*(plain(number) for number in range(32)), *away]), ports)
    assert found.calibration is not None
    assert found.calibration.default == WORDS_ALONE
    assert (found.calibration.better, found.calibration.against) == (True, 32)
    loss, order, declined, missed = (one.difference for one in found.calibration.judged)
    assert loss.new < loss.old
    assert order.new > 0.95
    assert declined.new <= 0.05
    assert missed.new >= 0.9
    ports.fitted.write(index, found.after)
    decisions = [
        answerable(ports.passages.search(query_for(text, index, 8)))
        for text in (plain(51).text, elsewhere(51).text)
    ]
    assert decisions == [True, False]


def test_what_a_set_labels_unanswerable_counts_but_not_where_retrieval_cannot_tell(
    ports: TunePorts,
) -> None:
    near = [
        replace(plain(number), question_id=f"near{number}", answerable=False, gold_documents=())
        for number in range(32)
    ]
    found = tune(plan([*(plain(number) for number in range(32)), *near]), ports)
    assert found.calibration is not None
    assert (found.calibration.against, found.calibration.better) == (32, False)
    assert found.after.calibration is None


def test_too_few_to_calibrate_is_said_and_weights_are_tuned_all_the_same(ports: TunePorts) -> None:
    searched: list[int] = []
    questions = [*(plain(number) for number in range(32)), *(elsewhere(n) for n in range(3))]
    found = tune(plan(questions, searched=searched.append), ports)
    assert found.calibration is None
    assert "needs 30 questions that the documents do not answer, there are 3" in found.uncalibrated
    assert searched == [32] * 32


def test_questions_whose_documents_are_not_there_are_left_out(ports: TunePorts) -> None:
    lost = [
        replace(plain(number), question_id=f"lost{number}", gold_documents=("gone.md",))
        for number in range(5)
    ]
    found = tune(plan([*(plain(number) for number in range(32)), *lost]), ports)
    assert (found.questions, found.documents, found.left_out) == (32, DOCUMENTS, 5)


def test_too_few_questions_say_how_many_are_needed(ports: TunePorts) -> None:
    with pytest.raises(
        UnprocessableError, match=rf"needs {FEWEST_QUESTIONS} .* these are 12, made"
    ):
        tune(plan([plain(number) for number in range(12)]), ports)


def test_many_questions_of_few_documents_are_too_few(ports: TunePorts) -> None:
    asked = [replace(plain(number % 4), question_id=str(number)) for number in range(60)]
    with pytest.raises(UnprocessableError, match=r"made from 10 documents .* 60, made from 4"):
        tune(plan(asked), ports)


def test_a_set_about_other_documents_is_refused_before_anything_is_searched(
    ports: TunePorts,
) -> None:
    searched: list[int] = []
    lost = [replace(plain(number), gold_documents=(f"{number}.pdf",)) for number in range(32)]
    with pytest.raises(UnprocessableError, match="help holds none of the 32 documents"):
        tune(plan(lost, searched=searched.append), ports)
    assert searched == []


def test_a_knowledge_base_that_is_not_there_is_named(ports: TunePorts) -> None:
    with pytest.raises(NotFoundError, match="there is no knowledge base nowhere"):
        tune(plan([plain(1)], kb=KnowledgeBaseId("nowhere")), ports)


def test_an_index_of_another_model_begins_with_the_defaults(database: Database) -> None:
    """Its cosines are on another scale."""
    publish(database, "a.md", ["Backups are kept for thirty days."])
    indexes, fitted = PostgresSearchIndexes(database, FORM), PostgresFitted(database)
    old = indexes.active(KB)
    kept = Fitted(weights=(0.5, 0.25, 0.25), calibration=(1.0, 2.0, 3.0, 4.0, -5.0))
    fitted.write(old, kept)
    reindex = PostgresReindex(database, indexes)
    new = reindex.begin(KB, SMALL)
    assert (fitted.read(new), fitted.read(old)) == (Fitted(), kept)
    reindex.drop(new)
    with pytest.raises(NotFoundError, match="was dropped meanwhile"):
        fitted.write(new, kept)
    assert fitted.read(new) == Fitted()
