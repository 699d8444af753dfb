"""Questions that were not answered, in a real Postgres, by embeddings of the model that ships."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.feedback import Rating
from footnote.domain.filter import Equals
from footnote.domain.unanswered import MOST_EXAMPLES, ClusterState, UnansweredReason
from footnote.embedding.build_local_model import build_local_model
from footnote.embedding.local import LocalEmbedder
from footnote.embedding.model_folder import default_model_dir
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.unanswered import PostgresUnanswered
from tests.paraphrases import PARAPHRASES
from tests.unanswered import Desk

pytestmark = pytest.mark.integration
HOSTILE = "Robert'); drop table question; -- \x1b[31m <img src=x onerror=alert(1)> %(kb)s {kb} {{}}"


@pytest.fixture(scope="session")
def local_embedder() -> LocalEmbedder:
    build_local_model(default_model_dir(), print)
    return LocalEmbedder(default_model_dir())


@pytest.fixture
def desk(database: Database, local_embedder: LocalEmbedder) -> Desk:
    return Desk(database, local_embedder)


def test_what_asks_the_same_is_one_cluster_and_what_asks_something_else_is_none(
    desk: Desk,
) -> None:
    meant = {text: place for place, row in enumerate(PARAPHRASES) for text in row}
    desk.declined(*meant)
    clusters = desk.clusters()
    assert sum(cluster.questions for cluster in clusters) == len(meant)
    mixed = [
        [example.question for example in cluster.examples]
        for cluster in clusters
        if len({meant[example.question] for example in cluster.examples}) > 1
    ]
    assert mixed == []
    # Of 20 things that 66 questions ask, 24 clusters.
    assert len(clusters) <= 24
    largest: dict[int, int] = {}
    for cluster in clusters:
        about = meant[cluster.question]
        largest[about] = max(largest.get(about, 0), cluster.questions)
    assert sum(largest.values()) >= 0.93 * len(meant)


def test_a_question_that_is_declined_is_counted_and_one_that_is_answered_is_not(
    desk: Desk,
) -> None:
    desk.publish("backups.md", "Backups are kept for thirty days in every region.")
    assert desk.ask("How long are backups kept?").answer.status == "answered"
    for text in ("Who won the cup final in 1987?", "who won the 1987 cup final"):
        assert desk.ask(text).answer.status == "declined"
    (cluster,) = desk.clusters()
    assert (cluster.question, cluster.questions) == ("Who won the cup final in 1987?", 2)
    assert (cluster.declined, cluster.down_voted, cluster.state) == (2, 0, "open")
    assert cluster.first_seen < cluster.last_seen
    assert [example.question for example in cluster.examples] == [
        "who won the 1987 cup final",
        "Who won the cup final in 1987?",
    ]


def test_a_thumb_down_counts_until_it_is_taken_back(desk: Desk) -> None:
    desk.publish("backups.md", "Backups are kept for thirty days in every region.")
    question_id = desk.ask("How long are backups kept?").question.question_id
    desk.vote(question_id, Rating.DOWN)
    desk.vote(question_id, Rating.DOWN)
    (cluster,) = desk.clusters()
    assert (cluster.questions, cluster.down_voted) == (1, 1)
    assert cluster.examples[0].reason is UnansweredReason.DOWN_VOTED
    desk.vote(question_id, Rating.UP)
    assert desk.clusters() == []


def test_questions_that_are_asked_at_once_make_one_cluster(
    desk: Desk, local_embedder: LocalEmbedder
) -> None:
    texts = ["Do you ship to Norway?", "Is delivery to Norway possible?"] * 8
    vectors = dict(zip(texts, local_embedder.embed(texts), strict=True))
    ledger = PostgresLedger(desk.database)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: ledger.record(desk.entry(text, vectors[text])), texts))
    (cluster,) = desk.clusters()
    assert cluster.questions == 16
    assert len(cluster.examples) == 2


def test_the_same_words_asked_of_other_documents_are_another_cluster(desk: Desk) -> None:
    for wanted in (None, Equals(key="product", value="router"), None):
        desk.ask("Do you ship to Norway?", wanted=wanted)
    assert sorted(cluster.questions for cluster in desk.clusters()) == [1, 2]


def test_another_knowledge_base_has_clusters_of_its_own(
    desk: Desk, database: Database, local_embedder: LocalEmbedder
) -> None:
    other = Desk(database, local_embedder, kb=KnowledgeBaseId("finance"))
    for one in (desk, other):
        one.declined("Do you ship to Norway?")
        assert [cluster.questions for cluster in one.clusters()] == [1]


def test_without_an_embedding_a_question_is_kept_in_the_ledger_only(desk: Desk) -> None:
    PostgresLedger(desk.database).record(desk.entry("Do you ship to Norway?", None))
    assert desk.clusters() == []


def test_examples_are_few_and_words_of_strangers_come_back_as_they_are(desk: Desk) -> None:
    desk.declined(HOSTILE, *[HOSTILE + "!" * number for number in range(1, 9)])
    (cluster,) = desk.clusters()
    assert cluster.questions == 9
    assert cluster.question == HOSTILE
    assert len(cluster.examples) == MOST_EXAMPLES


def forget(database: Database, *texts: str) -> None:
    with database.transaction() as connection:
        connection.execute("delete from question where text = any(%s)", [list(texts)])


def test_a_deleted_question_is_forgotten_and_another_one_stands_for_the_cluster(
    desk: Desk,
) -> None:
    first, second, third = PARAPHRASES[8][:3]
    desk.declined(first, second, third)
    forget(desk.database, first)
    (cluster,) = desk.clusters()
    assert (cluster.question, cluster.questions) == (second, 2)
    assert first not in [example.question for example in cluster.examples]
    forget(desk.database, second, third)
    assert desk.clusters() == []
    with desk.database.transaction() as connection:
        assert connection.execute("select 1 from unanswered_cluster").fetchall() == []


def test_when_the_first_of_several_goes_with_others_what_is_left_stands_for_them(
    desk: Desk,
) -> None:
    desk.declined(*PARAPHRASES[8])
    forget(desk.database, *PARAPHRASES[8][:3])
    (cluster,) = desk.clusters()
    assert (cluster.question, cluster.questions) == (PARAPHRASES[8][3], 1)
    desk.declined(PARAPHRASES[8][3])
    assert [one.questions for one in desk.clusters()] == [2]


def test_what_was_dismissed_stays_so_when_it_is_asked_again(desk: Desk) -> None:
    desk.declined("Do you ship to Norway?")
    (cluster,) = desk.clusters()
    PostgresUnanswered(desk.database).set_state(desk.kb, cluster.cluster_id, ClusterState.DISMISSED)
    desk.declined("Do you ship to Norway?")
    (cluster,) = desk.clusters()
    assert (cluster.state, cluster.questions) == ("dismissed", 2)
    assert desk.clusters(ClusterState.OPEN) == []
