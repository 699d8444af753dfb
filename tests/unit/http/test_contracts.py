"""What the description of a body says is what the body takes."""

import re

import pytest
from pydantic import ValidationError

from footnote.http.chat_contracts import ChatRequest
from footnote.http.contracts import SearchRequest
from footnote.http.failures import explained


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


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ([0] * 100_000, "messages.0.content.parts: List should have at most 100 items"),
        (0, "messages.0.content.text: Input should be a valid string"),
    ],
)
def test_what_a_chat_message_cannot_hold_is_one_error_however_much_it_is(
    content: object, why: str
) -> None:
    body = {"model": "help", "messages": [{"role": "user", "content": content}]}
    with pytest.raises(ValidationError) as refused:
        ChatRequest.model_validate(body)
    (error,) = refused.value.errors(include_input=False)
    assert explained(error).startswith(why)
