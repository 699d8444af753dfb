"""The sample is Footnote's own documentation, uploaded once."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from footnote.domain.drift import CurrentObject
from footnote.local.repository import Repository
from footnote.local.sample import upload_sample


class FakeBucket:
    def __init__(self) -> None:
        self.etags: dict[str, str] = {}
        self.deleted: set[str] = set()

    def current(self) -> dict[str, CurrentObject]:
        return {
            key: self._item(key, etag, deleted=key in self.deleted)
            for key, etag in self.etags.items()
        }

    def put(self, key: str, content: bytes, content_type: str) -> None:
        assert content_type == "text/markdown"
        self.etags[key] = hashlib.md5(content, usedforsecurity=False).hexdigest()

    def _item(self, key: str, etag: str, *, deleted: bool) -> CurrentObject:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        etag = "" if deleted else etag
        return CurrentObject(key=key, version_id="v", modified_at=at, deleted=deleted, etag=etag)


def checkout(root: Path) -> Repository:
    (root / "docs" / "decisions").mkdir(parents=True)
    (root / "README.md").write_text("# Read me")
    (root / "docs" / "decisions" / "0001.md").write_text("# A decision")
    (root / "docs" / "figure.png").write_bytes(b"not a document")
    return Repository(root=root)


def test_readme_and_docs_are_uploaded_under_the_sample_knowledge_base(tmp_path: Path) -> None:
    bucket = FakeBucket()
    assert upload_sample(bucket, checkout(tmp_path)) == 2
    assert set(bucket.etags) == {"footnote/README.md", "footnote/docs/decisions/0001.md"}


def test_a_second_start_uploads_only_what_changed(tmp_path: Path) -> None:
    bucket, repository = FakeBucket(), checkout(tmp_path)
    upload_sample(bucket, repository)
    (tmp_path / "README.md").write_text("# Read me again")
    assert upload_sample(bucket, repository) == 1
    assert upload_sample(bucket, repository) == 0


def test_a_document_that_a_person_deleted_stays_deleted(tmp_path: Path) -> None:
    bucket, repository = FakeBucket(), checkout(tmp_path)
    upload_sample(bucket, repository)
    bucket.deleted.add("footnote/README.md")
    (tmp_path / "README.md").write_text("# Read me again")
    assert upload_sample(bucket, repository) == 0
