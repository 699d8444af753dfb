import pytest

from footnote.domain.errors import FailedDocumentError
from footnote.inbox.sidecar import read_sidecar


def test_a_sidecar_sets_title_link_and_attributes() -> None:
    read = read_sidecar(
        b'{"metadataAttributes": {"title": "Router", "url": "https://x.example/r", "year": 2026}}'
    )
    assert (read.title, read.url) == ("Router", "https://x.example/r")
    assert read.attributes is not None
    assert read.attributes["year"] == 2026


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"metadataAttributes": 1}', b"\xff"])
def test_a_sidecar_of_another_form_is_named_as_the_reason(content: bytes) -> None:
    with pytest.raises(FailedDocumentError, match="metadataAttributes"):
        read_sidecar(content)
