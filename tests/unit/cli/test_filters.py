import pytest
import typer

from footnote.cli.filters import read_filter
from footnote.http.filters import FilterForm


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("product=router", {"equals": {"key": "product", "value": "router"}}),
        (" product = home router ", {"equals": {"key": "product", "value": "home router"}}),
        ("year=2025", {"equals": {"key": "year", "value": 2025}}),
        ('year="2025"', {"equals": {"key": "year", "value": "2025"}}),
        ("beta=true", {"equals": {"key": "beta", "value": True}}),
        ("title=null", {"equals": {"key": "title", "value": "null"}}),
        ("formula=a=b", {"equals": {"key": "formula", "value": "a=b"}}),
        ("note=", {"equals": {"key": "note", "value": ""}}),
        ("language!=en", {"not": {"equals": {"key": "language", "value": "en"}}}),
        ("year>=2025", {"range": {"key": "year", "gte": 2025}}),
        ("year<2027", {"range": {"key": "year", "lt": 2027}}),
        ("on>2026-01-01", {"range": {"key": "on", "gt": "2026-01-01"}}),
        ("on<=2026-01-01", {"range": {"key": "on", "lte": "2026-01-01"}}),
    ],
)
def test_a_typed_condition_becomes_the_form_of_the_api(
    typed: str, expected: dict[str, object]
) -> None:
    assert read_filter([typed], None) == expected
    FilterForm.model_validate(expected)


def test_all_conditions_have_to_be_met() -> None:
    whole = '{"exists": {"key": "b"}}'
    assert read_filter(["a=1"], whole) == {
        "and": [{"equals": {"key": "a", "value": 1}}, {"exists": {"key": "b"}}]
    }
    assert read_filter(None, whole) == {"exists": {"key": "b"}}
    assert read_filter(None, None) is None


@pytest.mark.parametrize(("conditions", "whole"), [(["router"], None), (["=x"], None), ([], "{")])
def test_what_is_no_condition_is_refused_with_the_forms_that_are(
    conditions: list[str], whole: str | None
) -> None:
    with pytest.raises(typer.BadParameter):
        read_filter(conditions, whole)
