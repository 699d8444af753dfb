"""Another index beside the one that answers: built, kept up to date, switched to and dropped."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import psycopg
import pytest

from footnote.domain.errors import (
    ModelUnavailableError,
    NotFoundError,
    OvertakenError,
    UnprocessableError,
)
from footnote.domain.order import Verdict
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.embedding.port import Vector
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.measuring import compare
from footnote.inbox.notifications import read_notification
from footnote.inbox.sidecar import sidecar_key
from footnote.inbox.work import WorkMessage
from footnote.ingest import IngestPorts, ingest
from footnote.postgres.connection import Database
from footnote.postgres.reconcile import PostgresReconciliation
from footnote.postgres.reindex import PostgresReindex
from footnote.reindex import ReindexPorts, begin, build, searched
from footnote.retrieve import RetrievePorts, retrieve
from tests.asking import ask_ports, asked, seconds
from tests.fakes import FakeBucket, FakeEmbedder
from tests.integration.test_ingest import KB, KEY, SIXTY, THIRTY, CountingEmbedder, World
from tests.outcomes import question

pytestmark = pytest.mark.integration
SMALL = IndexForm(model="another-model", dimension=16)
TEXTS = {"sixty": SIXTY, "thirty": THIRTY + b"Also elsewhere."}
SHORT_CHUNKS = IndexForm(model=FakeEmbedder.model, dimension=384, chunk_chars=300)


@dataclass
class Work:
    """The queue of work, with ingest behind it."""

    world: World

    def send(self, messages: Sequence[WorkMessage]) -> None:
        for message in messages:
            for event in read_notification(message.body):
                self.world.ingest(event)


@dataclass
class TwoModels(World):
    """Each model has its own dimension, as it is in life."""

    small: CountingEmbedder = field(default_factory=lambda: CountingEmbedder(SMALL.dimension))
    resting: dict[int, float] = field(default_factory=dict)

    @property
    def ports(self) -> IngestPorts:
        """One process: what it learns of a model it knows at the next event."""
        ports = super().ports
        return replace(ports, embed=replace(ports.embed, resting=self.resting))

    @property
    def embedders(self) -> dict[str, FakeEmbedder]:
        return {FakeEmbedder.model: self.embedder, SMALL.model: self.small}


@pytest.fixture
def world(database: Database) -> TwoModels:
    return TwoModels(database, FakeBucket(), CountingEmbedder())


@pytest.fixture
def indexes(world: TwoModels) -> PostgresReindex:
    return PostgresReindex(world.database, world.indexes)


@pytest.fixture
def ports(world: TwoModels, indexes: PostgresReindex) -> ReindexPorts:
    return ReindexPorts(
        indexes=indexes,
        embedders=lambda model: world.embedders[model],
        work=Work(world),
        bucket="documents",
    )


@dataclass
class Meanwhile:
    """A model during whose work somebody does something to the indexes."""

    embedder: FakeEmbedder
    somebody: Callable[[], None]
    model: str = FakeEmbedder.model
    dimension: int = 384

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.somebody()
        return self.embedder.embed(texts)


def complete(form: IndexForm, indexes: PostgresReindex, ports: ReindexPorts) -> SearchIndex:
    index = begin(KB, form, ports)
    assert list(build(index, ports))[-1] == indexes.progress(index)
    return index


def asking(world: TwoModels) -> RetrievePorts:
    return ask_ports(world.database, embedders=lambda model: world.embedders[model]).retrieve


def found_for(text: str, ports: RetrievePorts) -> Retrieval:
    return retrieve(asked(text), ports, seconds())


def test_an_index_is_built_beside_the_one_that_answers_and_pays_only_for_itself(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    for name in "abc":
        world.ingest(world.bucket.put(f"help/{name}.md", THIRTY + name.encode()))
    paid = world.embedder.texts
    index = complete(SMALL, indexes, ports)
    assert (indexes.progress(index).done, indexes.progress(index).total) == (3, 3)
    assert world.embedder.texts == paid
    assert world.indexes.active(KB) != index
    world.check_statistics()


def test_what_happens_meanwhile_is_in_both(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.ingest(world.bucket.put("help/gone.md", THIRTY))
    index = complete(SMALL, indexes, ports)
    world.ingest(world.bucket.put(KEY, SIXTY))
    world.ingest(world.bucket.remove("help/gone.md"))
    indexes.switch(index)
    found = found_for("how long are backups kept", asking(world))
    assert [("sixty" in one.text, one.key) for one in found.passages] == [(True, KEY)]
    world.check_statistics()


def test_a_switch_takes_effect_with_the_next_question_and_can_be_undone(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    old, running = world.indexes.active(KB), asking(world)
    assert found_for("backups", running).embedding_model == FakeEmbedder.model
    new = complete(SMALL, indexes, ports)
    indexes.switch(new)
    found = found_for("backups", running)
    assert (found.embedding_model, len(found.passages)) == (SMALL.model, 1)
    indexes.switch(old)
    assert found_for("backups", running).embedding_model == FakeEmbedder.model


def test_building_that_was_interrupted_goes_on_with_what_is_missing(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    for name in "ab":
        world.ingest(world.bucket.put(f"help/{name}.md", THIRTY + name.encode()))
    index = indexes.begin(KB, SMALL)
    first = indexes.missing(index, 1)
    assert indexes.begin(KB, SMALL) == index
    world.ingest(world.bucket.put(first[0], SIXTY))
    assert indexes.missing(index, 10) == ["help/b.md"]
    complete(SMALL, indexes, ports)
    assert indexes.missing(index, 10) == []


def test_an_index_that_lacks_documents_is_not_switched_to(
    world: TwoModels, indexes: PostgresReindex
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    index = indexes.begin(KB, SMALL)
    with pytest.raises(UnprocessableError, match="0 of 1 documents"):
        indexes.switch(index)


def test_there_are_never_more_than_two(world: TwoModels, indexes: PostgresReindex) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    indexes.begin(KB, SMALL)
    with pytest.raises(UnprocessableError, match="second index"):
        indexes.begin(KB, SHORT_CHUNKS)


def test_nothing_is_built_for_a_knowledge_base_that_nobody_uploaded_to(
    indexes: PostgresReindex,
) -> None:
    with pytest.raises(NotFoundError):
        indexes.begin(KB, SMALL)


def test_nothing_is_built_while_no_document_is_ready(
    world: TwoModels, indexes: PostgresReindex
) -> None:
    world.ingest(world.bucket.put("help/a.exe", b"MZ"))
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.ingest(world.bucket.remove(KEY))
    with pytest.raises(UnprocessableError, match=f"footnote status -k {KB}"):
        indexes.begin(KB, SMALL)


def test_a_model_that_does_not_embed_a_word_begins_no_index(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.small.fails_after = 0
    with pytest.raises(ModelUnavailableError):
        begin(KB, SMALL, ports)
    assert len(indexes.all_of(KB)) == 1


def test_reconciliation_sees_what_an_index_beside_lacks_and_a_sidecar_that_was_at_fault(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.bucket.put(sidecar_key("help/b.md"), b"no json")
    world.ingest(world.bucket.put("help/b.md", SIXTY))

    def seen() -> list[tuple[str, bool, bool]]:
        with PostgresReconciliation(world.database).held() as known:
            rows = list(known.in_key_order(""))
        return [(row.key, row.has_sidecar, row.incomplete) for row in rows]

    indexes.begin(KB, SMALL)
    assert seen() == [("help/b.md", True, False), (KEY, False, True)]
    world.bucket.remove(sidecar_key("help/b.md"))
    world.ingest(world.bucket.put("help/b.md", SIXTY))
    complete(SMALL, indexes, ports)
    assert seen() == [("help/b.md", False, False), (KEY, False, False)]


def test_smaller_chunks_need_no_other_model_and_go_again(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    text = "\n\n".join(f"Sentence {n} of this part. " * 8 for n in range(8))
    world.ingest(world.bucket.put(KEY, text.encode()))
    before = len(world.find("sentence"))
    old, new = world.indexes.active(KB), complete(SHORT_CHUNKS, indexes, ports)
    indexes.switch(new)
    assert len(world.find("sentence")) > before
    indexes.drop(old)
    assert indexes.all_of(KB) == [(new, True)]
    world.ingest(world.bucket.put(KEY, SIXTY))
    assert "sixty" in world.texts()[0]
    world.check_statistics()


def found_always(found: Retrieval) -> Callable[[str], Retrieval]:
    return lambda _: found


def test_a_comparison_tells_the_rank_of_the_right_document_in_both(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    complete(SMALL, indexes, ports)
    found = found_for("backups", asking(world))
    nothing = replace(found, passages=())
    questions = [question(name, gold=("backups.md",)) for name in "ab"]
    old, new = (searched(questions, found_always(one)) for one in (nothing, found))
    assert [one.found.documents for one in new if one.found] == [("backups.md",)] * 2
    changes = {one.metric.name: one.difference for one in compare(old, new, Resampling())}
    assert (changes["hit@1"].old, changes["MRR"].new) == (0, 1)


def test_uploads_go_on_while_the_vector_index_of_a_new_model_is_built(
    world: TwoModels, indexes: PostgresReindex, database_url: str
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    with ThreadPoolExecutor() as threads, psycopg.connect(database_url) as writer:
        writer.execute("delete from chunk_search where false")  # a lock until it commits
        building = threads.submit(indexes.begin, KB, SMALL)
        with pytest.raises(TimeoutError):
            building.result(timeout=1)
        uploading = threads.submit(world.ingest, world.bucket.put("help/other.md", SIXTY))
        try:
            assert uploading.result(timeout=20) is Verdict.ACCEPT
            assert not building.done()
        finally:
            writer.commit()
        assert building.result(timeout=20).form == SMALL


def test_a_vector_index_whose_building_was_cut_off_is_built_anew(
    world: TwoModels, indexes: PostgresReindex, database_url: str
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    index = indexes.begin(KB, SMALL)
    name = f"chunk_search_by_embedding_{index.model_id}"
    state = "select oid::int, indisvalid from pg_class join pg_index on oid = indexrelid"
    with psycopg.connect(database_url, autocommit=True) as connection:
        (before,) = connection.execute(f"{state} where relname = %s", [name]).fetchall()
        connection.execute(
            "update pg_index set indisvalid = false where indexrelid = %s", before[:1]
        )
        assert indexes.begin(KB, SMALL) == index
        (after,) = connection.execute(f"{state} where relname = %s", [name]).fetchall()
    assert after[0] != before[0]
    assert after[1]


def test_an_upload_does_not_wait_for_a_model_that_is_down_and_that_nobody_is_answered_from(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    index = complete(SMALL, indexes, ports)
    world.small.fails_after = 0
    assert world.ingest(world.bucket.put(KEY, SIXTY)) is Verdict.ACCEPT
    assert "sixty" in world.texts()[0]
    # What the other index held of it is gone: it would be old when it is switched to.
    assert indexes.missing(index, 10) == [KEY]
    with pytest.raises(UnprocessableError, match="0 of 1 documents"):
        indexes.switch(index)
    world.small.fails_after = None
    world.resting.clear()
    complete(SMALL, indexes, ports)
    indexes.switch(index)
    found = found_for("how long are backups kept", asking(world))
    assert "sixty" in found.passages[0].text
    world.check_statistics()


def test_a_model_that_is_down_is_left_alone_for_a_while(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    complete(SMALL, indexes, ports)
    world.small.fails_after = 0
    calls = world.small.calls
    for name in "abc":
        world.ingest(world.bucket.put(f"help/{name}.md", SIXTY + name.encode()))
    assert world.small.calls == calls + 1


def test_a_text_that_the_other_model_refuses_leaves_only_its_document_out(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    index = complete(SMALL, indexes, ports)
    world.small.refuses = "sixty"
    events = [world.bucket.put(f"help/{name}.md", text) for name, text in TEXTS.items()]
    assert ingest(events, world.ports) == [Verdict.ACCEPT, Verdict.ACCEPT]
    assert indexes.missing(index, 10) == ["help/sixty.md"]


def test_the_model_of_the_index_that_answers_is_waited_for(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    indexes.switch(complete(SMALL, indexes, ports))
    world.small.fails_after = 0
    with pytest.raises(ModelUnavailableError):
        world.ingest(world.bucket.put(KEY, SIXTY))
    assert world.status() == (
        "processing",
        "not done yet, and tried again: the endpoint does not answer",
    )


def test_work_that_left_out_an_index_that_was_switched_to_meanwhile_is_done_again(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    index = complete(SMALL, indexes, ports)
    world.small.fails_after = 0
    event = world.bucket.put(KEY, SIXTY)
    during = Meanwhile(world.embedder, lambda: indexes.switch(index))
    embed = replace(
        world.ports.embed,
        embedders=lambda model: during if model == FakeEmbedder.model else world.small,
    )
    (outcome,) = ingest([event], replace(world.ports, embed=embed))
    assert isinstance(outcome, OvertakenError)
    assert world.status() == ("processing", "")


def test_work_that_was_made_for_an_index_that_was_dropped_meanwhile_is_done_again(
    world: TwoModels, indexes: PostgresReindex, ports: ReindexPorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    index = complete(SMALL, indexes, ports)
    event = world.bucket.put(KEY, SIXTY)
    during = Meanwhile(world.small, lambda: indexes.drop(index))
    embed = replace(
        world.ports.embed,
        embedders=lambda model: during if model == SMALL.model else world.embedder,
    )
    (outcome,) = ingest([event], replace(world.ports, embed=embed))
    assert isinstance(outcome, OvertakenError)
    assert "thirty" in world.texts()[0]
    assert world.ingest(event) is Verdict.ACCEPT
    assert "sixty" in world.texts()[0]
    world.check_statistics()
