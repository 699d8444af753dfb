"""A team's own rules: what keeps them, and what is no rules file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from footnote.cli.which import rules_of
from footnote.domain.errors import UnprocessableError
from footnote.evaluation.behaviours import Behaviour
from tests.outcomes import outcome, question, said


@pytest.fixture
def kept(tmp_path: Path) -> Callable[..., dict[str, float]]:
    """What each behaviour's figure says of an answer, by rules."""

    def judge(rules: str, answer: str | None) -> dict[str, float]:
        path = tmp_path / "rules.toml"
        path.write_text(rules)
        schema = {
            "type": "object",
            "required": ["days"],
            "properties": {"days": {"type": "integer"}},
        }
        (tmp_path / "answer.json").write_text(json.dumps(schema))
        told = outcome(question(), reply=said(answer))
        seen = {name: metric.observations([told]) for name, metric in rules_of(path).items()}
        return {name: one[0].value for name, one in seen.items() if one}

    return judge


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ('{"days": 30}', 1),
        ('{"days": 30} [1]', 1),
        ('{"days": "30"}', 0),
        ("Thirty days.", 0),
        ("[" * 10_000, 0),
    ],
)
def test_a_format_is_kept_where_an_answer_fits_its_schema(
    kept: Any, answer: str, right: float
) -> None:
    assert kept('[format]\njson_schema = "answer.json"', answer) == {Behaviour.FORMAT: right}


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("Press Start.", 1),
        ("Obviously, press Start.", 0),
        ("Press Start!", 0),
        ("Never let what is long go on.", 0),
        ("Short. Also short.", 1),
    ],
)
def test_a_tone_is_kept_by_words_and_length_of_sentences(
    kept: Any, answer: str, right: float
) -> None:
    rules = '[tone]\navoid = ["obviously", "!"]\nlongest_sentence_words = 5'
    assert kept(rules, answer) == {Behaviour.TONE: right}


@pytest.mark.parametrize(
    ("answer", "right"), [("Send an email.", 1), ("Send an E-Mail.", 0), ("Emailed mails.", 1)]
)
def test_terms_are_kept_where_none_that_is_replaced_stands(
    kept: Any, answer: str, right: float
) -> None:
    rules = '[terminology.instead_of]\nemail = ["e-mail", "mail"]'
    assert kept(rules, answer) == {Behaviour.TERMINOLOGY: right}


def test_a_decline_has_its_own_words(kept: Any) -> None:
    assert kept("[format]\nmost_words = 1", None) == {}
    assert kept("[format]\nmost_words = 1", "two words") == {Behaviour.FORMAT: 0}


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ("[tone", "no rules file"),
        ("[style]", "style: there is no such rule; there are format, tone, terminology"),
        (
            "[format]\nmost_wrds = 3",
            "format.most_wrds: there is no such rule; there are json_schema",
        ),
        ("[tone]\nloud = true", "tone.loud"),
        ('[format]\njson_schema = "bad.json"', "format.json_schema"),
        ('[format]\njson_schema = "rules.toml"', "no rules file"),
    ],
)
def test_what_is_no_rules_file_is_refused_with_its_place(
    tmp_path: Path, rules: str, why: str
) -> None:
    (tmp_path / "rules.toml").write_text(rules)
    (tmp_path / "bad.json").write_text('{"type": "nothing"}')
    with pytest.raises(UnprocessableError, match=why):
        rules_of(tmp_path / "rules.toml")
