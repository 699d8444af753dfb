"""Training files are held against a provider's rules, each mistake with its line."""

import json

import pytest

from footnote.domain.fine_tuning import Provider
from footnote.tuning.training_file import (
    MOST_PROBLEMS,
    RULES,
    Rules,
    problems_of,
    tokens_in,
    written,
)

GOOD = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}]


def words(text: str) -> int:
    return len(text.split())


ANY = Rules()


def problems(*rows: object, rules: Rules = ANY) -> list[str]:
    content = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    return problems_of(content.encode(), rules, words)


def test_what_is_written_has_no_problems() -> None:
    assert problems_of(written([GOOD] * 10), RULES[Provider.OPENAI], words) == []
    assert written([GOOD]) == written([GOOD]).decode().encode()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "line 2: this is no JSON"),
        ([1], "line 2: this is no object"),
        ({"prompt": "x"}, "line 2: this is no object"),
        ({"messages": GOOD, "x": 1}, "line 2: 'x' does not belong here"),
        ({"messages": GOOD[:1]}, "line 2: the last message is not the assistant's"),
        ({"messages": GOOD[1:]}, "line 2: there is no message of a user"),
        ({"messages": [*GOOD, {"role": "system", "content": "s"}, *GOOD]}, "behind another"),
        ({"messages": [{"role": "bot", "content": "x"}, *GOOD]}, "line 2: message 1: its role"),
        ({"messages": [{"role": "user", "content": " "}, *GOOD]}, "message 1: its content"),
        ({"messages": [{"role": "user", "content": "x", "y": 1}, *GOOD]}, "'y' does not belong"),
        ({"messages": [{"role": "user", "content": "x", "weight": 2}, *GOOD]}, "weight is 0 or 1"),
        ({"messages": ["x"]}, "line 2: message 1 is no object"),
        ({"messages": []}, "line 2: the last message is not"),
    ],
)
def test_a_mistake_is_told_with_its_line(row: object, said: str) -> None:
    found = problems({"messages": GOOD}, row)
    assert any(said in one for one in found), found


def test_limits_are_the_providers() -> None:
    assert problems(*[{"messages": GOOD}] * 9, rules=RULES[Provider.OPENAI]) == [
        "there are 9 rows, at least 10 are needed"
    ]
    long = {"messages": [{"role": "user", "content": "w " * 30}, GOOD[1]]}
    assert "about 31 tokens, 20 are allowed" in problems(long, rules=Rules(most_tokens_a_row=20))[0]
    assert "at most 1 are" in problems(*[{"messages": GOOD}] * 2, rules=Rules(most_rows=1))[0]
    assert "MB" in problems({"messages": GOOD}, rules=Rules(most_megabytes=0))[0]


def test_the_texts_of_messages_are_learned_from_and_not_the_json_around_them() -> None:
    assert tokens_in(written([GOOD, GOOD]), words) == 4


def test_a_file_that_is_all_wrong_is_not_told_line_by_line() -> None:
    found = problems(*["{"] * 1000)
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1].startswith("and perhaps more")
