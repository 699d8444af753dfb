"""The corpus of hostile files is what its tests take it for."""

from collections import Counter

from footnote.parsing.partitioning import _BY_EXTENSION
from tests.hostile_corpus import hostile_files


def test_every_file_has_an_id_of_its_own_that_is_short() -> None:
    ids = [file.id for file in hostile_files()]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    assert max(map(len, ids)) < 40


def test_the_corpus_has_files_for_every_kind_of_format() -> None:
    tried = {
        _BY_EXTENSION[ending].name
        for file in hostile_files()
        if (ending := _ending(file.filename)) in _BY_EXTENSION
    }
    assert {form.name for form in _BY_EXTENSION.values()} <= tried
    assert len(hostile_files()) >= 60


def test_a_file_is_the_same_each_time_that_it_is_made() -> None:
    small = [
        file for file in hostile_files() if "one-line" not in file.id and "bomb" not in file.id
    ]
    assert [file.id for file in small[::7] if file.build() != file.build()] == []


def _ending(filename: str) -> str:
    return filename.rpartition(".")[2]
