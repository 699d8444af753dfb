"""A whole knowledge base out of one database and into another, or nothing of it."""

import signal
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import pytest
from psycopg import sql

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import (
    AlreadyRunningError,
    ModelUnavailableError,
    NotFoundError,
    UnprocessableError,
)
from footnote.domain.order import Verdict
from footnote.domain.search_index import IndexForm
from footnote.embedding.port import Vector
from footnote.postgres.connection import Database
from footnote.postgres.models import PostgresModels
from footnote.postgres.search_indexes import PostgresSearchIndexes
from tests.asking import a_model
from tests.fakes import FakeBucket, FakeEmbedder
from tests.faults.worker import forks
from tests.integration.test_ingest import KB, KEY, SIXTY, THIRTY, CountingEmbedder, World
from tests.moving import FORM, Importing, changed, export_to, lines_of
from tests.two_knowledge_bases import fill_both

pytestmark = pytest.mark.integration
LONG = b"# Manual\n\n" + b"\n\n".join(
    b"Section %d tells how to repair engine %d of the backup fleet." % (n, n) for n in range(120)
)
# Rows of a knowledge base that an export holds, whatever numbers they have.
COMPARED: Mapping[str, LiteralString] = {
    "document": "key, status, reason, title, url, attributes, bytes, content_hash, version_id,"
    " indexed_version_id, sequencer, sidecar_sequencer, indexed_at",
    "document_history": "document_id, at, status, reason, version_id, chunks",
    "indexed_document": "document_id, fingerprint, chunks, embedding",
    "chunk": "document_id, ordinal, content_hash, text, heading_path, page, page_breaks,"
    " start_offset, end_offset",
    "chunk_search": "document_id, embedding, terms, lexical",
    "term_frequency": "term, chunks",
    "search_index": "chunk_chars, chunks, languages, fusion_weights, calibration,"
    " adapter_id is not null as adapted",
    "knowledge_base": "persona, answer_format, cache_answers, indexed_until",
    "query_adapter": "directions, down, up, questions, question_set, pull, figures, created_at",
    "golden_question": "golden_id, question, expected, filter, top_k, created_at, checked_at",
    "golden_answer": "golden_id, role, status, text, citations, passages, model, answered_at",
    "question": "question_id, conversation_id, asked_at, text, about, status, model, checkpoint,"
    " fallback, cached, degraded, in_corpus, input_tokens, output_tokens, cost_usd, finding_usd,"
    " timings_ms, embedding, filter, top_k",
    "model_call": "question_id, position, called_at, model, checkpoint, outcome, reason, escalated,"
    " shadow, arm, input_tokens, output_tokens, cost_usd, latency_ms",
    "feedback": "question_id, rating, comment, correction, given_at",
    "question_label": "question_id, answer, passages, labelled_at",
    "unanswered_cluster": "cluster_id, leader, embedding, filter, state, changed_at, checked_at,"
    " document_id, quote, content_hash, reopened_at",
    "unanswered_question": "question_id, cluster_id, reason, asked_at",
    "past_questions": "day, status, model, questions, cached, up, down, input_tokens,"
    " output_tokens, cost_usd, finding_usd, unpriced",
    "past_calls": "day, model, checkpoint, shadow, outcome, calls, escalated, input_tokens,"
    " output_tokens, cost_usd, unpriced, latency_ms",
    "classifier_checkpoint": "classifier, model, labels, weights, temperature, threshold, learned,"
    " figures, created_at",
}
# What an export leaves out, and why.
LEFT_OUT = {
    "recall_check": "measures an index that is there no more",
    "kept_answer": "is written anew",
    "kept_citation": "is written anew",
    "visit": "is asked for anew",
    "encoder_verdict": "says nothing of a deployment that has other encoders",
    "active_classifier": "is told by the classifier's line",
    "route": "names models of the deployment",
    "route_step": "names models of the deployment",
    "dataset": "has an export of its own",
    "dataset_row": "has an export of its own",
    "dataset_row_source": "has an export of its own",
    "fine_tuning_job": "is known to the account that trained",
    "fine_tuning_event": "is known to the account that trained",
    "checkpoint": "is known to the account that trained",
}


def rows_of(database: Database, table: str, kb: str = "help") -> list[dict[str, Any]]:
    # What no chunk holds any more may be counted as 0 or not at all.
    held: LiteralString = " and chunks > 0" if table == "term_frequency" else ""
    names = (sql.SQL(COMPARED[table]), sql.Identifier(table), sql.SQL(held))
    statement = sql.SQL("select {} from {} where kb = %s{}").format(*names)
    with database.transaction() as connection:
        rows = connection.execute(statement, [kb]).fetchall()
    return sorted(({name: _plain(value) for name, value in row.items()} for row in rows), key=repr)


def _plain(value: object) -> object:
    return str(value) if type(value).__name__ in {"HalfVector", "SparseVector"} else value


def found(world: World) -> list[tuple[str, str, float]]:
    """What a search finds, in its order."""
    passages = world.find("how long are backups kept in engine 77")
    return [(one.document_id, one.text, round(one.score, 6)) for one in passages]


@pytest.fixture
def world(database: Database) -> World:
    return World(database, FakeBucket(), CountingEmbedder())


@pytest.fixture
def filled(world: World) -> World:
    """An overwritten document, a long one, one that failed and one that was deleted."""
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.ingest(world.bucket.put(KEY, SIXTY))
    world.ingest(world.bucket.put("help/manual.md", LONG))
    world.ingest(world.bucket.put("help/empty.md", b""))
    world.ingest(world.bucket.put("help/gone.md", THIRTY))
    world.ingest(world.bucket.remove("help/gone.md"))
    return world


@pytest.fixture
def there(filled: World, second_database: Database) -> World:
    """Another deployment on the same bucket."""
    return World(second_database, filled.bucket, CountingEmbedder())


def test_every_table_comes_back_as_it_was(
    database: Database, second_database: Database, tmp_path: Path
) -> None:
    fill_both(database)
    with database.transaction() as connection:
        connection.execute(
            "update search_index set fusion_weights = '{.5,.3,.2}', calibration = '{1,2,3,4,5}',"
            " adapter_id = (select max(a.adapter_id) from query_adapter a where a.kb ="
            " search_index.kb)"
        )
        connection.execute("update knowledge_base set persona = 'Ada', cache_answers = false")
    path = tmp_path / "help.jsonl.gz"
    export_to(path, database)
    bucket = FakeBucket()
    report = Importing(second_database, bucket).take(path)
    different = {
        table for table in COMPARED if rows_of(database, table) != rows_of(second_database, table)
    }
    # Without its file its fence is not taken over; what it is called is told here by its key.
    assert different == {"document", "indexed_document"}
    assert all(rows_of(second_database, table) for table in COMPARED)
    assert not any(rows_of(second_database, table, "other") for table in COMPARED)
    assert report.route == ["small"]


def test_each_table_of_a_knowledge_base_is_exported_or_left_out_for_a_reason(
    database: Database,
) -> None:
    with database.transaction() as connection:
        rows = connection.execute(
            "select table_name from information_schema.columns join information_schema.tables"
            " using (table_schema, table_name) where column_name = 'kb'"
            " and table_schema = 'public' and table_type = 'BASE TABLE'"
        ).fetchall()
    assert {row["table_name"] for row in rows} == COMPARED.keys() | LEFT_OUT.keys()


def test_the_same_is_found_and_nothing_is_stale(
    filled: World, there: World, tmp_path: Path
) -> None:
    path = tmp_path / "help.jsonl.gz"
    export_to(path, filled.database)
    report = Importing(there.database, filled.bucket).take(path)
    assert (report.seen, report.other, report.unseen) == (3, 0, 0)
    assert found(there) == found(filled) != []
    for table in ("document", "indexed_document", "chunk", "chunk_search", "term_frequency"):
        assert rows_of(there.database, table) == rows_of(filled.database, table)
    there.check_statistics()


def test_after_an_import_events_are_fenced_as_before(
    world: World, second_database: Database, tmp_path: Path
) -> None:
    late = world.bucket.put(KEY, THIRTY)
    put = world.bucket.put("help/gone.md", THIRTY)
    for event in (late, put, world.bucket.put(KEY, SIXTY), world.bucket.remove("help/gone.md")):
        world.ingest(event)
    path = tmp_path / "help.jsonl.gz"
    export_to(path, world.database)
    there = World(second_database, world.bucket, CountingEmbedder())
    Importing(second_database, world.bucket).take(path)
    assert [there.ingest(event) for event in (late, put)] == [Verdict.STALE, Verdict.STALE]
    assert there.embedder.texts == 0
    there.ingest(world.bucket.put(KEY, THIRTY + b"Newer."))
    there.ingest(world.bucket.remove("help/manual.md"))
    assert ["thirty" in text for text in there.texts()] == [True]
    there.check_statistics()


def test_in_another_bucket_every_event_is_news_and_the_file_is_read_anew(
    filled: World, second_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "help.jsonl.gz"
    export_to(path, filled.database)
    there = World(second_database, FakeBucket(), CountingEmbedder())
    report = Importing(second_database, there.bucket).take(path)
    assert (report.seen, report.other, report.unseen) == (0, 0, 3)
    assert found(there) == found(filled)
    with second_database.transaction() as connection:  # others do not believe it
        assert connection.execute("select from embedding").fetchall() == []
    # The first event of that bucket, whose place in the order is before all that were exported.
    assert there.ingest(there.bucket.put(KEY, THIRTY)) is Verdict.ACCEPT
    assert "thirty" in there.texts()[0]
    there.check_statistics()


def test_what_was_read_as_it_was_exported_is_not_written_again(
    filled: World, second_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "help.jsonl.gz"
    export_to(path, filled.database)
    there = World(second_database, FakeBucket(), CountingEmbedder())
    Importing(second_database, there.bucket).take(path, share_embeddings=True)
    before = rows_of(second_database, "chunk")
    there.ingest(there.bucket.put("help/manual.md", LONG))
    assert there.embedder.texts == 0
    assert rows_of(second_database, "chunk") == before


def test_under_another_name_keys_and_ids_are_others(
    database: Database, second_database: Database, tmp_path: Path
) -> None:
    fill_both(database)
    path = tmp_path / "help.jsonl.gz"
    export_to(path, database)
    copy = Importing(second_database)
    copy.take(path)
    copy.take(path, name=KnowledgeBaseId("copy"))
    counts = {table: len(rows_of(second_database, table)) for table in COMPARED}
    assert counts == {table: len(rows_of(second_database, table, "copy")) for table in COMPARED}
    (row,) = rows_of(second_database, "document", "copy")
    assert row["key"] == "copy/a.md"
    label = rows_of(second_database, "question_label", "copy")[0]
    assert label["passages"][0]["key"] == "copy/a.md"
    ids = [
        {row["question_id"] for row in rows_of(second_database, "question", kb)}
        for kb in ("help", "copy")
    ]
    assert not ids[0] & ids[1]


def test_another_model_is_refused_or_embeds_anew(
    filled: World, second_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "help.jsonl.gz"
    export_to(path, filled.database)
    small = CountingEmbedder(16)
    form = IndexForm(model="another", dimension=16)
    there = Importing(second_database, filled.bucket, form, small)
    with pytest.raises(
        UnprocessableError, match=r"of fake-bag-of-words, .* another embeds: --embed"
    ):
        there.take(path)
    there.take(path, embed_anew=True)
    assert small.texts == len(rows_of(filled.database, "chunk"))
    index = PostgresSearchIndexes(second_database, form).active(KB)
    assert (index.form.model, index.form.dimension) == ("another", 16)
    World(second_database, filled.bucket, small).check_statistics()


def test_what_is_filled_is_refused_unless_told_and_then_only_added_to(
    filled: World, there: World, tmp_path: Path
) -> None:
    path = tmp_path / "help.jsonl.gz"
    export_to(path, filled.database)
    there.ingest(filled.bucket.put(KEY, THIRTY))
    importing = Importing(there.database, filled.bucket)
    with pytest.raises(UnprocessableError, match=r"something in help already.*--merge"):
        importing.take(path)
    report = importing.take(path, merge=True)
    assert report.kept == 1
    assert "thirty" in there.texts()[0]
    assert len(rows_of(there.database, "document")) == 4
    there.check_statistics()


class FailingEmbedder(FakeEmbedder):
    def embed(self, texts: Sequence[str]) -> list[Vector]:  # noqa: ARG002
        message = "the endpoint does not answer"
        raise ModelUnavailableError(message)


def everything(database: Database) -> dict[str, int]:
    """How many rows there are of anything."""
    return {table: len(rows_of(database, table)) for table in COMPARED}


def test_an_import_that_fails_half_way_leaves_nothing(
    filled: World, second_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "help.jsonl.gz"
    kinds = export_to(path, filled.database)
    before = everything(second_database)
    importing = Importing(second_database, filled.bucket)
    with pytest.raises(KeyboardInterrupt):
        importing.take(path, until=len(kinds) - 1)
    form = IndexForm(model="another", dimension=384)
    failing = Importing(second_database, filled.bucket, form, FailingEmbedder())
    with pytest.raises(ModelUnavailableError):
        failing.take(path, embed_anew=True)
    assert everything(second_database) == before
    importing.take(path)
    assert everything(second_database) == everything(filled.database)


ANOTHER = IndexForm(model="another", dimension=384)


def import_until_killed(url: str, path: Path, line: int, form: IndexForm) -> None:
    """In a process of its own, which ends in the middle as by a power cut."""
    importing = Importing(Database(url), form=form)
    importing.take(path, until=line, killed=True, embed_anew=form == ANOTHER)


def take_in_turn(importing: Importing, path: Path, **how: Any) -> None:
    """Once Postgres has noticed that the process of the import before is gone."""
    for _ in range(600):
        try:
            importing.take(path, **how)
        except AlreadyRunningError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the killed import still holds the knowledge base")


@pytest.mark.parametrize("form", [FORM, ANOTHER], ids=["as it was embedded", "embedded anew"])
def test_an_import_that_is_killed_begins_anew_without_doubles_and_pays_for_nothing_twice(
    filled: World, second_database: Database, tmp_path: Path, form: IndexForm
) -> None:
    path = tmp_path / "help.jsonl.gz"
    kinds = export_to(path, filled.database)
    with second_database.transaction() as connection:
        url = connection.info.dsn
    killed = forks().Process(target=import_until_killed, args=(url, path, len(kinds) - 1, form))
    killed.start()
    killed.join(240)
    assert killed.exitcode == -signal.SIGKILL
    assert not rows_of(second_database, "document")
    assert not rows_of(second_database, "chunk")
    embedder = CountingEmbedder()
    importing = Importing(second_database, filled.bucket, form, embedder)
    take_in_turn(importing, path, embed_anew=form == ANOTHER)
    # Of the last document nobody knew yet that it was whole.
    last = kinds[-kinds[::-1].index("document") :]
    assert embedder.texts == (last.count("chunk") if form == ANOTHER else 0)
    assert kinds.count("chunk") > last.count("chunk")
    assert everything(second_database) == everything(filled.database)
    with pytest.raises(UnprocessableError, match="something in help already"):
        importing.take(path, embed_anew=form == ANOTHER)


def test_what_a_killed_import_left_is_taken_over(
    filled: World, second_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "help.jsonl.gz"
    export_to(path, filled.database)
    importing = Importing(second_database, filled.bucket)
    other = IndexForm(model="another", dimension=16)
    importing.ports.knowledge_bases.prepare(KB, other, merge=False)
    importing.take(path)
    assert len(rows_of(second_database, "search_index")) == 1
    assert everything(second_database) == everything(filled.database)


def test_uploads_during_an_import_do_not_wait_and_count(
    filled: World, there: World, tmp_path: Path
) -> None:
    path = tmp_path / "help.jsonl.gz"
    export_to(path, filled.database)
    importing = Importing(there.database, filled.bucket)
    prepared = importing.ports.knowledge_bases.prepare(KB, FORM, merge=False)
    assert prepared.made
    there.ingest(filled.bucket.put(KEY, THIRTY + b"Uploaded meanwhile."))
    importing.take(path, merge=True)
    assert "meanwhile" in there.texts()[0]
    there.check_statistics()


def test_questions_go_as_long_as_they_may_be_kept_or_not_at_all(
    database: Database, tmp_path: Path
) -> None:
    fill_both(database)
    with database.transaction() as connection:
        connection.execute(
            "update question set asked_at = %s where question_id ="
            " (select min(question_id::text)::uuid from question where kb = 'help')",
            [datetime.now(UTC) - timedelta(days=40)],
        )
    every = export_to(tmp_path / "a", database).count("question")
    assert export_to(tmp_path / "b", database, retention_days=30).count("question") == every - 1
    kinds = set(export_to(tmp_path / "c", database, with_questions=False))
    assert not kinds & {"question", "cluster"}
    assert "past_questions" in kinds


def test_keys_are_told_without_what_they_are_used_by(database: Database, tmp_path: Path) -> None:
    with database.transaction() as connection:
        connection.execute("insert into knowledge_base (kb) values ('help')")
        connection.execute(
            "insert into access_key (key_id, secret_hash, kind, name, knowledge_bases, origins)"
            " values ('sk_secretid', 'hashed', 'secret', 'CI', '{help,others}', '{}'),"
            " ('sk_elsewhere', 'hash', 'secret', 'Elsewhere', '{others}', '{}')"
        )
    path = tmp_path / "help.jsonl.gz"
    export_to(path, database)
    (key,) = [line for line in lines_of(path) if line["kind"] == "key"]
    assert (key["name"], key["key_kind"]) == ("CI", "secret")
    told = str(lines_of(path))
    assert not any(word in told for word in ("secretid", "hash", "others", "sk_"))


def test_what_is_not_there_is_not_exported(database: Database, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        export_to(tmp_path / "a", database)
    assert list(tmp_path.iterdir()) == []


def test_what_the_database_refuses_is_told_by_its_line(
    database: Database, second_database: Database, tmp_path: Path
) -> None:
    fill_both(database)
    path = tmp_path / "help.jsonl.gz"
    export_to(path, database)

    def change(lines: list[dict[str, Any]]) -> None:
        next(line for line in lines if line["kind"] == "question")["in_corpus"] = 1e300

    with pytest.raises(UnprocessableError, match=r"^lines? \d+.*: the database refuses.*of range"):
        Importing(second_database).take(changed(path, change))
    assert not any(everything(second_database).values())


def test_a_question_of_another_knowledge_base_is_not_taken_over(
    database: Database, second_database: Database, tmp_path: Path
) -> None:
    fill_both(database)
    path = tmp_path / "help.jsonl.gz"
    export_to(path, database)
    Importing(second_database).take(path)

    def rename(lines: list[dict[str, Any]]) -> None:
        lines[0]["knowledge_base"] = "evil"
        for line in lines:
            if line["kind"] == "document":
                line["key"] = line["key"].replace("help/", "evil/")
            if line["kind"] == "golden":
                line["answers"] = []

    PostgresModels(second_database).add(a_model("another"))
    with pytest.raises(UnprocessableError, match="known in another knowledge base"):
        Importing(second_database).take(changed(path, rename))
    assert not any(rows_of(second_database, table, "evil") for table in COMPARED)
