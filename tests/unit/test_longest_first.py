"""The longest test files come first, and are there."""

from tests.longest_first import LONGEST, ROOT, place


def test_the_files_that_take_longest_are_there() -> None:
    assert [file for file in LONGEST if not (ROOT / file).is_file()] == []


def test_the_longest_come_first_and_the_others_as_they_were_found() -> None:
    found = ["tests/browser/test_console.py", LONGEST[1], "tests/unit/test_settings.py", LONGEST[0]]
    assert sorted(found, key=place) == [LONGEST[0], LONGEST[1], found[0], found[2]]
