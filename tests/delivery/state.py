"""What the index is to hold, from the bucket alone, beside what is found in every table."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from footnote.chunking import chunk_document
from footnote.domain.document import document_key_of
from footnote.domain.errors import FailedDocumentError, SkippedDocumentError
from footnote.inbox.sidecar import read_sidecar, sidecar_key
from tests.delivery.failpoints import partition
from tests.delivery.model_bucket import ModelBucket
from tests.delivery.world import LARGEST, World

type Shown = dict[str, tuple[object, ...]]


def check(world: World) -> None:
    """Nothing lost, stale, twice or left over, in any table that readers' results come from."""
    documents = expected(world.bucket)
    assert shown(world) == documents
    waiting = "select key from document where kb = %(kb)s and waiting_since is not null"
    assert _rows(world, waiting) == []
    for index, _ in world.reindex.all_of(world.kb):
        chunks = _rows(
            world,
            """select d.key, c.text, d.indexed_version_id from chunk c
               left join document d using (kb, document_id)
               where c.kb = %(kb)s and c.index_id = %(index_id)s order by d.key, c.ordinal""",
            index_id=index.index_id,
        )
        found: dict[str, list[str]] = {}
        for row in chunks:
            found.setdefault(row["key"], []).append(row["text"])
        size = index.form.chunk_chars
        texts = {
            key: _texts(world.bucket, key, size)
            for key, told in documents.items()
            if told[0] == "ready"
        }
        assert found == texts
        _check_counts(world, index.index_id, texts)
    assert _rows(world, _ORPHANS) == []
    (row,) = _rows(world, "select count(*) as n from search_index where kb = %(kb)s")
    assert row["n"] == len(world.reindex.all_of(world.kb))


def fingerprint(world: World) -> list[dict[str, Any]]:
    """All that an event may change of the documents' rows."""
    return _rows(
        world,
        """select d.*, (select count(*) from document_history h
                        where h.kb = d.kb and h.document_id = d.document_id) as changes
           from document d where kb = %(kb)s order by key""",
    )


def expected(bucket: ModelBucket) -> Shown:
    """What is to be known of each document."""
    found: Shown = {}
    for key in bucket.all_keys():
        current = bucket.current(key)
        if current and document_key_of(key) == key:
            found[key] = _outcome(bucket, key, *current)
    return found


def _outcome(bucket: ModelBucket, key: str, version_id: str, content: bytes) -> tuple[object, ...]:
    nothing: tuple[object, ...] = ("", None, {})
    if len(content) > LARGEST:
        return ("skipped", version_id, *nothing)
    described = bucket.current(sidecar_key(key))
    try:
        partition(content)
        metadata = read_sidecar(described[1]) if described else None
    except SkippedDocumentError:
        return ("skipped", version_id, *nothing)
    except FailedDocumentError:
        return ("failed", version_id, *nothing)
    title = (metadata and metadata.title) or key.rsplit("/", 1)[-1]
    url = metadata.url if metadata else None
    return ("ready", version_id, title, url, (metadata and metadata.attributes) or {})


def _texts(bucket: ModelBucket, key: str, size: int) -> list[str]:
    current = bucket.current(key)
    assert current
    return [chunk.text for chunk in chunk_document(partition(current[1]), target_chars=size)]


def shown(world: World) -> Shown:
    """What is known of each document that is not deleted."""
    rows = _rows(
        world,
        """select key, status, indexed_version_id, title, url, attributes
           from document where kb = %(kb)s""",
    )
    assert [row["key"] for row in rows if document_key_of(row["key"]) != row["key"]] == []
    for row in rows:
        gone = row["status"] == "deleted"
        assert not gone or (row["indexed_version_id"], row["attributes"]) == (None, {})
    return {
        row["key"]: (
            row["status"],
            row["indexed_version_id"],
            row["title"] or "",
            row["url"],
            row["attributes"],
        )
        for row in rows
        if row["status"] != "deleted"
    }


def _check_counts(world: World, index_id: int, texts: Mapping[str, list[str]]) -> None:
    """Counts that are kept up to date are those of a recount."""
    found = _rows(
        world,
        """select d.key, i.chunks from indexed_document i left join document d
           using (kb, document_id) where i.kb = %(kb)s and i.index_id = %(index_id)s""",
        index_id=index_id,
    )
    counts = {row["key"]: row["chunks"] for row in found}
    assert counts == {key: len(chunks) for key, chunks in texts.items()}
    parameters = {"index_id": index_id}
    (size,) = _rows(
        world,
        "select chunks from search_index where kb = %(kb)s and index_id = %(index_id)s",
        **parameters,
    )
    assert size["chunks"] == sum(counts.values())
    terms = "select terms from chunk_search where kb = %(kb)s and index_id = %(index_id)s"
    recount = Counter(term for row in _rows(world, terms, **parameters) for term in row["terms"])
    kept = _rows(
        world,
        """select term, chunks from term_frequency
           where kb = %(kb)s and index_id = %(index_id)s and chunks <> 0""",
        **parameters,
    )
    assert {row["term"]: row["chunks"] for row in kept} == dict(recount)


_ORPHANS = """
select 'chunk without what search reads of it, or the reverse' as what
from (select * from chunk where kb = %(kb)s) c
full join (select * from chunk_search where kb = %(kb)s) s using (kb, chunk_id)
where c.chunk_id is null or s.chunk_id is null
   or (c.index_id, c.document_id) <> (s.index_id, s.document_id)
union all
select 'rows of an index that is gone'
from (select kb, index_id from chunk union all select kb, index_id from chunk_search
      union all select kb, index_id from term_frequency
      union all select kb, index_id from indexed_document) r
where kb = %(kb)s
  and not exists (select from search_index i where i.kb = r.kb and i.index_id = r.index_id)
"""


def _rows(world: World, query: str, **parameters: object) -> list[dict[str, Any]]:
    with world.database.transaction() as connection:
        cursor = connection.execute(query.encode(), {"kb": world.kb, **parameters})
        return cursor.fetchall()
