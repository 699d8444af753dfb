from footnote.cli.status import recall_in_words

REPORT = {"chunks": 50_000, "exact": False, "checks": 0, "measured": 0, "recall": None}


def test_a_report_says_whether_searches_are_exact_unchecked_or_how_good_they_are() -> None:
    small = REPORT | {"chunks": 12, "exact": True}
    assert recall_in_words(small) == "searches of 12 chunks are exact"
    assert recall_in_words(REPORT).startswith("no search was checked in time yet, of 0")
    checked = REPORT | {"checks": 12, "measured": 10, "recall": 0.987, "lowest": 0.9}
    assert recall_in_words(checked) == (
        "recall 0.987, of the worst search 0.90; 10 searches were checked, 2 could not be in time"
    )
