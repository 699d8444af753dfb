"""What the description of a body says is what the body takes."""

import re

import pytest
from pydantic import ValidationError

from footnote.http.contracts import SearchRequest


def _takes(question: str) -> bool:
    try:
        SearchRequest(question=question)
    except ValidationError:
        return False
    return True


def test_the_pattern_of_words_allows_each_sign_that_is_taken_and_no_other() -> None:
    pattern = re.compile(SearchRequest.model_json_schema()["properties"]["question"]["pattern"])
    halves = range(0xD800, 0xE000)  # of pairs: no text in JSON
    signs = [chr(point) for point in range(0x10000) if point not in halves]
    differ = [sign for sign in signs if bool(pattern.search(sign)) != _takes(sign)]
    assert differ == []


@pytest.mark.parametrize("blank", ["", " ", "\u0085\u2003\n"])
def test_white_space_alone_is_no_question(blank: str) -> None:
    assert not _takes(blank)
