"""What a call to a reranker counts as, in the unit that it is sold by."""

import pytest

from footnote.metered_retrieval import searches


@pytest.mark.parametrize(
    ("texts", "counted"),
    [
        ([], 0),
        (["a word"], 1),
        (["a word"] * 100, 1),
        (["a word"] * 101, 2),
        # Texts of more than 500 tokens count as several.
        (["word " * 900] * 50, 1),
        (["word " * 900] * 51, 2),
        (["word " * 1200] * 50, 2),
    ],
)
def test_a_search_is_a_hundred_texts_of_five_hundred_tokens(texts: list[str], counted: int) -> None:
    assert searches("how long are backups kept?", texts) == counted
