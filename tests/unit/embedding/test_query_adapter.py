"""A query adapter applied: what numpy says, and to nothing but its own index."""

import random
from array import array

import numpy as np
import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import SettingsError
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.embedding.query_adapter import KnownAdapters, QueryAdapter, rows_of

KB = KnowledgeBaseId("help")
INDEX = SearchIndex(kb=KB, index_id=1, model_id=1, form=IndexForm(model="m", dimension=6))


def adapter(floats: int = 6, directions: int = 2, seed: int = 1) -> QueryAdapter:
    draw = np.random.default_rng(seed)
    down, up = (draw.normal(size=shape) for shape in ((directions, floats), (floats, directions)))
    return QueryAdapter(
        rows_of(down.astype("<f4").tobytes(), floats),
        rows_of(up.astype("<f4").tobytes(), directions),
    )


def vector(floats: int = 6) -> list[float]:
    draw = random.Random(2)
    return [draw.gauss(0, 1) for _ in range(floats)]


def test_it_is_the_linear_map_at_the_length_of_one() -> None:
    applied, given = adapter(), vector()
    down, up = np.array(applied.down), np.array(applied.up)
    expected = np.array(given) + up @ (down @ np.array(given))
    found = applied.adapted(given)
    assert np.allclose(found, expected / np.linalg.norm(expected), atol=1e-6)
    assert np.isclose(np.linalg.norm(found), 1)


def test_each_number_is_read_once_and_without_one_nothing_changes() -> None:
    read: list[int] = []

    def reads(_: KnowledgeBaseId, number: int) -> QueryAdapter:
        read.append(number)
        return adapter(seed=number)

    known, given = KnownAdapters(reads), vector()
    assert known.adapted(given, INDEX) == given
    numbered = [
        SearchIndex(kb=KB, index_id=1, model_id=1, form=INDEX.form, adapter=number)
        for number in (3, 4, 3)
    ]
    first, second, third = (known.adapted(given, index) for index in numbered)
    assert first == third != second
    assert read == [3, 4]


def test_one_that_went_with_its_index_changes_nothing() -> None:
    gone = SearchIndex(kb=KB, index_id=1, model_id=1, form=INDEX.form, adapter=3)
    assert KnownAdapters(lambda _kb, _number: None).adapted(vector(), gone) == vector()


def test_one_that_takes_all_of_a_vector_leaves_it_as_it_is() -> None:
    """There is no direction to search in."""
    nothing = QueryAdapter((array("f", [1.0, 0.0]),), (array("f", [-1.0]), array("f", [0.0])))
    assert nothing.adapted([1.0, 0.0]) == [1.0, 0.0]


@pytest.mark.parametrize("packed", [b"", b"123", bytes(20)])
def test_bytes_that_are_no_rows_are_refused(packed: bytes) -> None:
    with pytest.raises(SettingsError, match="does not consist of rows of 6 floats"):
        rows_of(packed, 6)
