import pytest

from footnote.domain.document import (
    document_id_of,
    knowledge_base_in,
    knowledge_base_of,
    names_of,
)


@pytest.mark.parametrize(
    ("key", "knowledge_base"),
    [
        ("help/guides/setup.md", "help"),
        ("setup.md", "default"),
        ("My Folder/setup.md", "default"),
        ("-help/setup.md", "default"),
        ("a" * 63 + "/x", "a" * 63),
        ("a" * 64 + "/x", "default"),
        ("../etc/passwd", "default"),
    ],
)
def test_the_first_segment_of_a_key_names_the_knowledge_base(key: str, knowledge_base: str) -> None:
    assert knowledge_base_of(key) == knowledge_base


def test_a_document_id_is_stable_and_names_its_knowledge_base() -> None:
    document_id = document_id_of("help/a.md")
    assert document_id == document_id_of("help/a.md") != document_id_of("help/b.md")
    assert knowledge_base_in(document_id) == "help"


@pytest.mark.parametrize(
    ("key", "title", "names"),
    [
        ("sec/2022 Q3 AAPL.pdf", "Apple Inc.", ("Apple Inc.", "2022 Q3 AAPL")),
        ("help/backup-guide.md", "Backup Guide", ("Backup Guide",)),
        ("help/swg_21067352.txt", None, ("swg 21067352",)),
        ("help/.md", None, ()),
    ],
)
def test_a_document_is_called_by_its_title_and_by_its_file_where_that_says_more(
    key: str, title: str | None, names: tuple[str, ...]
) -> None:
    assert names_of(key, title) == names
