"""Two sorted streams become places: each key once, with its sidecar, in little memory."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.domain.document import DocumentStatus, is_sidecar
from footnote.domain.drift import CurrentObject, KnownDocument, Place
from footnote.domain.errors import SettingsError
from footnote.inbox.side_by_side import side_by_side
from footnote.inbox.sidecar import sidecar_key

AT = datetime(2026, 11, 24, tzinfo=UTC)
KEYS = st.text(alphabet="a.-~é文😀\ue000", min_size=1, max_size=3).map("kb/{}".format)


def stored(key: str) -> CurrentObject:
    return CurrentObject(key=key, version_id="v", modified_at=AT, deleted=False)


def known(key: str) -> KnownDocument:
    return KnownDocument(
        key=key,
        status=DocumentStatus.READY,
        indexed_version_id="v",
        indexed_at=AT,
        updated_at=AT,
        has_sidecar=False,
        incomplete=False,
    )


def in_s3_order(keys: set[str]) -> list[str]:
    return sorted(keys, key=str.encode)


@given(
    documents=st.sets(KEYS),
    indexed=st.sets(KEYS),
    sidecars=st.sets(KEYS.map(sidecar_key)),
)
def test_every_key_comes_once_with_all_that_belongs_to_it(
    documents: set[str], indexed: set[str], sidecars: set[str]
) -> None:
    places = side_by_side(
        map(stored, in_s3_order(documents | sidecars)), map(known, in_s3_order(indexed))
    )
    found = {place.key: place for place in places}
    assert found == {
        key: Place(
            key=key,
            stored=stored(key) if key in documents else None,
            known=known(key) if key in indexed else None,
            sidecar=stored(sidecar_key(key)) if sidecar_key(key) in sidecars else None,
        )
        for key in documents | indexed
        if not is_sidecar(key)
    }


def test_documents_pass_on_while_the_listing_is_being_read() -> None:
    ahead = []

    def listing() -> Iterator[CurrentObject]:
        for number in range(10_000):
            ahead.append(number)
            yield stored(f"kb/{number:05}.md")

    behind = [ahead[-1] - number for number, _ in enumerate(side_by_side(listing(), ()))]
    assert max(behind) <= 2


def test_a_folder_marker_is_no_document() -> None:
    assert list(side_by_side([stored("kb/"), stored("kb/folder/")], ())) == []


def test_a_listing_in_another_order_is_refused_before_it_is_believed() -> None:
    with pytest.raises(SettingsError, match="kb/a comes after kb/b"):
        list(side_by_side([stored("kb/b"), stored("kb/a")], ()))
