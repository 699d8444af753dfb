import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footnote.answering.verbatim import find_verbatim


@pytest.mark.parametrize(
    ("quote", "text", "original"),
    [
        ("thirty days", "kept for thirty days.", "thirty days"),
        ("thirty days", "kept for thirty\n   days.", "thirty\n   days"),
        ("configuration file", "the configu-\nration \ufb01le", "configu-\nration \ufb01le"),
        (
            'the user\'s "name"',
            "the user\u2019s \u201cname\u201d",
            "the user\u2019s \u201cname\u201d",
        ),
        ("2020-2021", "in 2020\u20132021,", "2020\u20132021"),
        ("  thirty days ", "thirty days", "thirty days"),
        ("the caf\u00e9", "in the cafe\u0301 now", "the cafe\u0301"),
        ("in the cafe\u0301", "in the caf\u00e9 now", "in the caf\u00e9"),
        ("costs 5", "It costs 5.", "costs 5"),
        ("2021 to 2022", "2020-2021 to 2022", "2021 to 2022"),
        ("a well-known file", "a well-\nknown file", "a well-\nknown file"),
        ("the zero width", "the zero\u200d\u2060 width\ufeff", "the zero\u200d\u2060 width"),
        (
            "\u05d4\u05e9 \u05e4\u05ea",
            "\u05d4\u05e9\u200f \u05e4\u05ea",
            "\u05d4\u05e9\u200f \u05e4\u05ea",
        ),
        (
            "\u4fdd\u5b58\u671f\u9593",
            "\u4fdd\u5b58\n\u671f\u9593\u306f",
            "\u4fdd\u5b58\n\u671f\u9593",
        ),
        (
            "\ud55c\uad6d",
            "\u1112\u1161\u11ab\u1100\u116e\u11a8",
            "\u1112\u1161\u11ab\u1100\u116e\u11a8",
        ),
        ("the bold word", "the **bold** word", "the **bold** word"),
        ("the **bold** word", "the bold word", "the bold word"),
        ("run pip install", "run `pip install` now", "run `pip install"),
        ('say "hi" now', "say \u00abhi\u00bb now", "say \u00abhi\u00bb now"),
        ("which is new", "the plan\u2014which is new\u2014costs", "which is new"),
        ("utilisateur paie", "l'utilisateur paie", "utilisateur paie"),
        ("30 days", "for 30 days.2 Then", "30 days"),
    ],
)
def test_a_quote_is_found_whatever_happened_to_its_typography(
    quote: str, text: str, original: str
) -> None:
    span = find_verbatim(quote, text)
    assert span is not None
    assert text[slice(*span)] == original


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("thirty one days", "thirty days"),
        ("kept for 30 days", "kept for 300 days"),
        ("30 days", "130 days"),
        ("is supported", "is not supported"),
        ("Thirty days", "thirty days"),
        ("The fee is 1", "The fee is 1,500 dollars"),
        ("degrees and 2", "5 degrees and 2.75 more"),
        ("500 dollars", "1,500 dollars"),
        ("5 degrees", "at -5 degrees"),
        ("the cafe", "the cafe\u0301"),
        ("they can", "they can't go"),
        ("they can", "they can\u2019t go"),
        ("the user", "the user's company"),
        ("enter the code", "re-enter the code"),
        ("profit fell", "non-profit fell"),
        ("support is free", "support is free-ish"),
        ("is 10", "is 10:30 now"),
        ("is 1", "is 1/2 now"),
        ("is 1", "is 1\u00a0000 now"),
        ("x.example is safe", "evil-x.example is safe"),
        ("www.a.com", "www.a.com.evil.example"),
        ("retries", "max_retries are"),
        ("", "thirty days"),
        ("   ", "thirty days"),
    ],
)
def test_a_quote_that_says_something_else_is_not_found(quote: str, text: str) -> None:
    assert find_verbatim(quote, text) is None


@given(st.text(), st.text(min_size=1), st.text())
@settings(deadline=None)
def test_what_stands_between_spaces_in_a_text_is_found_there(
    before: str, quote: str, after: str
) -> None:
    text = f"{before} {quote} {after}"
    span = find_verbatim(quote, text)
    if any(character.isalnum() for character in quote):
        assert span is not None
        assert 0 <= span[0] < span[1] <= len(text)
