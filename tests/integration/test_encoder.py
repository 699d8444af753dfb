"""An encoder of somebody's own beside the one that answers: built, switched to, and back."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from footnote.domain.errors import ModelUnavailableError
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.embedding.build_encoder import BuiltEncoder, build_encoder
from footnote.embedding.local import LocalEmbedder
from footnote.embedding.model_folder import encoder_folder
from footnote.embedding.port import Embedder
from footnote.postgres.connection import Database
from footnote.postgres.reindex import PostgresReindex
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.reindex import ReindexPorts, begin, build
from footnote.retrieve import retrieve
from tests.asking import ask_ports, asked, seconds
from tests.fakes import FakeBucket
from tests.integration.test_ingest import KB, KEY, SIXTY, THIRTY, CountingEmbedder, World
from tests.integration.test_reindex import Work
from tests.tiny_encoder import TINY, Tensors, random_weights, save_encoder

pytestmark = pytest.mark.integration


@dataclass
class OwnEncoders(World):
    """Every embedding model is an encoder in a folder, found there by its name."""

    folder: Path = Path()
    first: str = ""
    loaded: dict[str, LocalEmbedder] = field(default_factory=dict)

    def embedder_of(self, model: str) -> Embedder:
        folder = encoder_folder(model, self.folder)
        return self.loaded.setdefault(model, LocalEmbedder(folder))

    @property
    def embedders(self) -> "Found":
        return Found(self)

    @property
    def indexes(self) -> PostgresSearchIndexes:
        return PostgresSearchIndexes(
            self.database, IndexForm(model=self.first, dimension=TINY.width)
        )

    def asked(self, text: str) -> Retrieval:
        ports = ask_ports(self.database, embedders=self.embedder_of).retrieve
        return retrieve(asked(text), ports, seconds(30))


class Found(dict[str, Embedder]):
    """Looked up where it is asked for, as `bootstrap` does."""

    def __init__(self, world: OwnEncoders) -> None:
        self._world = world

    def __missing__(self, model: str) -> Embedder:
        return self._world.embedder_of(model)


def perturbed() -> Tensors:
    """What some more training makes of weights."""
    drawn = np.random.default_rng(2)
    return {
        name: (tensor + drawn.normal(0, 0.05, tensor.shape)).astype("f4")
        for name, tensor in random_weights(TINY).items()
    }


@pytest.fixture
def base(tmp_path: Path) -> BuiltEncoder:
    return build_encoder(save_encoder(tmp_path / "base"), tmp_path / "encoders", print)


@pytest.fixture
def tuned(tmp_path: Path, base: BuiltEncoder) -> BuiltEncoder:
    folder = save_encoder(tmp_path / "tuned", weights=perturbed())
    return build_encoder(folder, base.folder.parent, print)


@pytest.fixture
def world(database: Database, base: BuiltEncoder) -> OwnEncoders:
    made = OwnEncoders(
        database,
        FakeBucket(),
        CountingEmbedder(),
        folder=base.folder.parent,
        first=base.built.model,
    )
    made.ingest(made.bucket.put(KEY, THIRTY))
    made.ingest(made.bucket.put("help/other.md", b"# Router\n\nThe certificate of the router."))
    return made


def beside(world: OwnEncoders, encoder: BuiltEncoder) -> tuple[SearchIndex, PostgresReindex]:
    indexes = PostgresReindex(world.database, world.indexes)
    ports = ReindexPorts(
        indexes=indexes, embedders=world.embedder_of, work=Work(world), bucket="documents"
    )
    form = IndexForm(model=encoder.built.model, dimension=encoder.built.dimension)
    index = begin(KB, form, ports)
    assert list(build(index, ports))[-1] == indexes.progress(index)
    return index, indexes


def models_in(world: OwnEncoders) -> set[tuple[object, ...]]:
    """Of which model the vectors of each index are, and of how many."""
    with world.database.transaction() as connection:
        rows = connection.execute(
            """select i.index_id, m.name, count(distinct s.model_id) as models
               from search_index i join embedding_model m using (model_id)
               join chunk_search s using (kb, index_id) group by 1, 2"""
        )
        return {(row["name"], row["models"]) for row in rows}


def test_an_encoder_is_indexed_beside_the_one_that_answers_switched_to_and_back(
    world: OwnEncoders, base: BuiltEncoder, tuned: BuiltEncoder
) -> None:
    question = "how long are backups kept"
    before = world.asked(question)
    old = world.indexes.active(KB)
    new, indexes = beside(world, tuned)
    assert world.asked(question).passages == before.passages
    indexes.switch(new)
    after = world.asked(question)
    assert (before.embedding_model, after.embedding_model) == (base.built.model, tuned.built.model)
    assert before.embedding != after.embedding
    assert [one.key for one in after.passages] == [one.key for one in before.passages]
    assert [one.cosine for one in after.passages] != [one.cosine for one in before.passages]
    world.ingest(world.bucket.put(KEY, SIXTY))
    indexes.switch(old)
    back = world.asked(question)
    assert back.embedding == before.embedding
    assert "sixty" in back.passages[0].text
    assert models_in(world) == {(base.built.model, 1), (tuned.built.model, 1)}


def test_an_encoder_that_is_not_here_keeps_no_upload_waiting_and_no_question_unanswered(
    world: OwnEncoders, tuned: BuiltEncoder
) -> None:
    new, indexes = beside(world, tuned)
    gone = tuned.folder.rename(tuned.folder.with_name("elsewhere"))
    world.loaded.clear()
    world.ingest(world.bucket.put(KEY, SIXTY))
    assert world.status()[0] == "ready"
    assert indexes.progress(new).done < indexes.progress(new).total
    gone.rename(tuned.folder)
    beside(world, tuned)
    indexes.switch(new)
    tuned.folder.rename(gone)
    world.loaded.clear()
    found = world.asked("how long are backups kept")
    assert found.degraded
    assert "sixty" in found.passages[0].text


def test_an_encoder_that_is_not_here_is_told_of_before_anything_is_begun(
    world: OwnEncoders, base: BuiltEncoder, tuned: BuiltEncoder
) -> None:
    (tuned.folder / "manifest.json").unlink()
    told = f"{tuned.built.model} is not in .*footnote tune encoder.*; {base.built.model} is there"
    with pytest.raises(ModelUnavailableError, match=told):
        beside(world, tuned)
    assert len(PostgresReindex(world.database, world.indexes).all_of(KB)) == 1
