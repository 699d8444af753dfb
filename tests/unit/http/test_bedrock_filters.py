"""Bedrock's filters as ours, where their operators are not simply called something else."""

import pytest

from footnote.http.bedrock.filters import in_our_form


@pytest.mark.parametrize(
    ("beginning", "behind"),
    [("ab", "ac"), ("a\ud7ff", "a\ue000"), ("a\U0010ffff", "b"), ("\U0010ffff", None)],
)
def test_a_beginning_is_a_range_that_ends_behind_all_that_begin_so(
    beginning: str, behind: str | None
) -> None:
    form = in_our_form({"startsWith": {"key": "k", "value": beginning}})
    assert form["range"]["gte"] == beginning
    assert form["range"].get("lt") == behind


def test_a_document_without_the_attribute_is_not_one_with_another_value() -> None:
    unwanted = {"equals": {"key": "k", "value": 1}}
    there = {"exists": {"key": "k"}}
    assert in_our_form({"notEquals": {"key": "k", "value": 1}}) == {
        "and": [there, {"not": unwanted}]
    }


def test_a_filter_without_end_is_refused_before_it_is_walked_through() -> None:
    endless: dict[str, object] = {"equals": {"key": "k", "value": 1}}
    for _ in range(500):
        endless = {"andAll": [endless]}
    with pytest.raises(ValueError, match="levels deep"):
        in_our_form(endless)
