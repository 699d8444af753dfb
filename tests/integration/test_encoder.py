"""An encoder of somebody's own beside the one that answers: built, switched to, and back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from footnote.domain.errors import ModelUnavailableError, UnprocessableError
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.embedding.build_encoder import BuiltEncoder, build_encoder
from footnote.embedding.local import LocalEmbedder
from footnote.embedding.model_folder import encoder_folder
from footnote.embedding.port import Embedder, Vector
from footnote.embedding.query_adapter import KnownAdapters
from footnote.evaluation.question_set import Question
from footnote.judge_encoder import Candidate, EncoderPorts, EncoderTrial, judge_encoder
from footnote.postgres.connection import Database
from footnote.postgres.corpus import PostgresCorpus
from footnote.postgres.fitted import PostgresFitted
from footnote.postgres.index import PostgresEmbeddings
from footnote.postgres.passages import PostgresPassages
from footnote.postgres.query_adapters import PostgresQueryAdapters
from footnote.postgres.reindex import PostgresReindex
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.reindex import ReindexPorts, begin, build
from footnote.retrieve import query_of, retrieve, search_index
from footnote.tune import Plan
from footnote.tune_embeddings import AdapterPorts
from tests.asking import FORM, ask_ports, asked, seconds
from tests.fakes import FakeBucket, FakeEmbedder
from tests.integration.postgres.test_passages import publish
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


WORDS = ("certificate", "router", "backup", "password", "night", "sales")


def letters(number: int) -> str:
    """Two letters: numbers stand in the names of files, too."""
    return f"{chr(97 + number // 26)}{chr(97 + number % 26)}"


def question(number: int) -> Question:
    return Question(
        question_id=f"q{number}",
        text=f"zq{letters(number)}",
        gold_documents=(f"{number:02}.md",),
        cluster=f"{number:02}.md",
    )


class AllAlike(FakeEmbedder):
    """Cannot tell one text from another."""

    model = "all-alike"

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        return super().embed(["same"] * len(texts))


class Knowing(FakeEmbedder):
    """Knows what is meant by each question, whose words no document has."""

    model = "knowing"
    texts = 0

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.texts += len(texts)
        return super().embed(
            [f"subject{one[2:]}" if one.startswith("zq") else one for one in texts]
        )


DOCUMENTS, FEW = 32, 10
PLAN = Plan(kb=KB, questions=[question(number) for number in range(DOCUMENTS)], seed=1)


@pytest.fixture
def filled(database: Database) -> Database:
    for number in range(DOCUMENTS):
        publish(database, f"{number:02}.md", [f"subject{letters(number)}"], tick=number + 1)
    return database


def judging(database: Database, answering: Embedder) -> EncoderPorts:
    store = PostgresQueryAdapters(database)
    search = AdapterPorts(
        indexes=PostgresSearchIndexes(database, FORM),
        embedders=lambda _: answering,
        passages=PostgresPassages(database),
        fitted=PostgresFitted(database),
        store=store,
    )
    return EncoderPorts(
        search=search,
        adapters=KnownAdapters(store.read),
        corpus=PostgresCorpus(database),
        kept=PostgresEmbeddings(database),
    )


def judged(database: Database, encoder: Embedder, **told: Any) -> EncoderTrial:
    return judge_encoder(PLAN, Candidate(encoder=encoder, **told), judging(database, AllAlike()))


def test_an_encoder_that_finds_more_is_promoted_and_what_it_embedded_is_kept(
    filled: Database,
) -> None:
    done: list[tuple[int, int]] = []
    encoder = Knowing()
    trial = judged(filled, encoder, embedded=lambda *told: done.append(told))
    assert trial.verdict.promoted
    assert (trial.questions, trial.documents, trial.chunks) == (DOCUMENTS, DOCUMENTS, DOCUMENTS)
    assert done[-1] == (DOCUMENTS, DOCUMENTS)
    assert trial.judged[1].difference.new == 1.0
    paid = encoder.texts
    again = judged(filled, encoder)
    assert again == trial
    assert encoder.texts - paid == DOCUMENTS  # the questions; no chunk is embedded twice


def test_an_encoder_that_finds_the_same_or_less_is_not(filled: Database) -> None:
    class Twin(FakeEmbedder):
        model = "twin"

    def trial(encoder: Embedder, answering: Embedder) -> EncoderTrial:
        return judge_encoder(PLAN, Candidate(encoder=encoder), judging(filled, answering))

    same = trial(Twin(), FakeEmbedder())
    assert abs(same.judged[0].difference.value) < 0.01
    assert not same.verdict.promoted
    less = trial(AllAlike(), Knowing())
    assert less.judged[0].difference.old > less.judged[0].difference.new
    assert not less.verdict.promoted


def test_what_an_encoder_learned_from_does_not_count_for_it(filled: Database) -> None:
    publish(filled, "copy.md", [f"subject{letters(3)}"], tick=DOCUMENTS + 1)
    copied = replace(question(99), gold_documents=("copy.md",), cluster="copy.md")
    few = judged(filled, Knowing(), learned_from=[question(0), copied])
    assert few.verdict.leaked == ("q0", "q3")
    assert few.verdict.promoted
    assert few.judged[0].difference.questions == DOCUMENTS - 2
    many = judged(filled, Knowing(), learned_from=[question(number) for number in range(10)])
    assert not many.verdict.promoted
    assert "split by document" in many.verdict.reason


def test_the_encoder_that_answers_is_not_judged_against_itself(filled: Database) -> None:
    with pytest.raises(UnprocessableError, match=f"is answered by {FORM.model} already"):
        judged(filled, FakeEmbedder())


def test_ranks_are_those_that_a_search_of_its_own_index_finds(
    world: OwnEncoders, base: BuiltEncoder, tuned: BuiltEncoder
) -> None:
    """Judged before an index is built, and searched after."""
    drawn = np.random.default_rng(4)
    for number in range(FEW):
        words = " ".join(drawn.choice(WORDS, 4))
        text = (
            f"# Note {number}\n\n{words} {number}\n\n## More\n\n{' '.join(drawn.choice(WORDS, 6))}"
        )
        world.ingest(world.bucket.put(f"help/{number:02}.md", text.encode()))
    asked = [
        replace(
            question(number % FEW),
            question_id=f"q{number}",
            text=f"{' '.join(drawn.choice(WORDS, 2))} note{number % FEW}",
        )
        for number in range(DOCUMENTS)
    ]
    ports = judging(world.database, world.embedder_of(base.built.model))
    ports = replace(ports, search=replace(ports.search, indexes=world.indexes))
    encoder = world.embedder_of(tuned.built.model)
    plan = Plan(kb=KB, questions=asked, seed=1)
    trial = judge_encoder(plan, Candidate(encoder=encoder), ports)
    new, _ = beside(world, tuned)
    found = [mean_reciprocal(world, asked, index) for index in (trial.index, new)]
    gain = trial.judged[0].difference
    assert [gain.old, gain.new] == pytest.approx(found, abs=1e-3)


def mean_reciprocal(world: OwnEncoders, asked: Sequence[Question], index: SearchIndex) -> float:
    ports = ask_ports(world.database, embedders=world.embedder_of).retrieve
    total = 0.0
    for one in asked:
        passages = search_index(one.text, index, 50, ports).passages
        keys = list(dict.fromkeys(passage.key for passage in passages))
        gold = f"{KB}/{one.gold_documents[0]}"
        total += 1 / (keys.index(gold) + 1) if gold in keys else 0
    return total / len(asked)


def test_chunks_that_neither_side_brings_are_scored_where_they_are_asked_for(
    database: Database,
) -> None:
    publish(database, "many.md", [f"router number {at}" for at in range(130)], tick=1)
    publish(database, "far.md", ["certificate router"], tick=2)
    index = PostgresSearchIndexes(database, FORM).active(KB)
    passages = PostgresPassages(database)
    (far,) = (
        one for one, _, _ in PostgresQueryAdapters(database).chunks_of(index, [f"{KB}/far.md"])
    )
    (vector,) = FakeEmbedder().embed(["router number"])
    query = query_of("number router", index, 100, vector)
    assert far not in {one.chunk_id for one in passages.candidates(query)}
    together = {one.chunk_id: one for one in passages.candidates(query, [far])}
    assert together[far].by_words > 0
