"""Work that is tried again says so in its document's status: what happened, and that it goes on."""

from collections.abc import Sequence

import pytest

from footnote.domain.errors import ObjectStorageUnavailableError, OvertakenError
from footnote.embedding.port import Vector
from footnote.ingest import ingest
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from tests.fakes import FakeBucket
from tests.integration.test_ingest import KEY, SIXTY, THIRTY, CountingEmbedder, World

pytestmark = pytest.mark.integration
AGAIN = "not done yet, and tried again: "


@pytest.fixture
def world(database: Database) -> World:
    return World(database, FakeBucket(), CountingEmbedder())


def test_a_bucket_that_refuses_is_told_until_it_does_not(world: World) -> None:
    event = world.bucket.put(KEY, THIRTY)
    world.bucket.unavailable = True
    with pytest.raises(ObjectStorageUnavailableError):
        world.ingest(event)
    assert world.status() == ("processing", f"{AGAIN}S3 answered 503")
    world.bucket.unavailable = False
    world.ingest(event)
    assert world.status() == ("ready", "")


def test_a_text_that_the_model_refuses_is_told(world: World) -> None:
    world.embedder.refuses = "poison"
    bad = world.bucket.put("help/bad.md", b"# Bad\n\nThis is poison for the model.\n")
    ingest([bad, world.bucket.put(KEY, THIRTY)], world.ports)
    assert world.status("help/bad.md") == ("processing", f"{AGAIN}the model refuses a text")
    assert world.status() == ("ready", "")


def test_trouble_of_work_that_was_overtaken_is_not_told_of_the_work_that_overtook_it(
    world: World,
) -> None:
    documents = PostgresDocuments(world.database)
    claim = documents.claim(world.bucket.put(KEY, THIRTY).version)
    newer = world.bucket.put(KEY, SIXTY)
    documents.claim(newer.version)
    documents.report_trouble(KEY, claim, "old")
    assert world.status() == ("processing", "")
    world.ingest(newer)
    documents.report_trouble(KEY, claim, "old")
    assert world.status() == ("ready", "")


def test_being_overtaken_is_no_trouble(world: World) -> None:
    event = world.bucket.put(KEY, THIRTY)
    documents = PostgresDocuments(world.database)

    class Overtaken(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> list[Vector]:
            documents.claim(event.version)
            return super().embed(texts)

    world.embedder = Overtaken()
    (outcome,) = ingest([event], world.ports)
    assert isinstance(outcome, OvertakenError)
    assert world.status() == ("processing", "")
