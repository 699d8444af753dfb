"""Chunks to ask about: every document before any has its second, the same for the same seed."""

from collections import Counter
from itertools import islice

from footnote.evaluation.generated import Kind
from footnote.evaluation.sampling import SampledDocument, places


def documents(*chunks: int) -> list[SampledDocument]:
    return [
        SampledDocument(document_id=f"kb.{at}", name=f"{at}.md", title="", chunks=count)
        for at, count in enumerate(chunks)
    ]


def test_a_long_document_does_not_become_the_whole_set() -> None:
    drawn = list(places(documents(500, 3, 2, 1), unanswerable=0, seed=1))
    assert len(drawn) == 506
    first = Counter(one.document.name for one in drawn[:9])
    assert first == {"0.md": 3, "1.md": 3, "2.md": 2, "3.md": 1}
    assert len({(one.document.name, one.ordinal) for one in drawn}) == 506


def test_the_seed_decides_and_documents_that_are_added_change_no_order() -> None:
    def drawn(seed: int, *chunks: int) -> list[tuple[str, int]]:
        every = places(documents(*chunks), unanswerable=0.2, seed=seed)
        return [(one.document.name, one.ordinal) for one in every]

    assert drawn(1, 9, 9, 9) == drawn(1, 9, 9, 9) != drawn(2, 9, 9, 9)
    assert [one for one in drawn(1, 9, 9, 9, 9) if one[0] != "3.md"] == drawn(1, 9, 9, 9)


def test_a_share_is_for_what_no_document_tells_and_the_rest_is_even() -> None:
    drawn = islice(places(documents(*[50] * 10), unanswerable=0.2, seed=1), 100)
    kinds = Counter(one.kind for one in drawn)
    assert kinds[Kind.UNANSWERABLE] == 20
    assert [kinds[kind] for kind in (Kind.FACT, Kind.PROCEDURE, Kind.REASON)] == [27, 27, 26]


def test_nothing_is_drawn_of_nothing() -> None:
    assert list(places([], unanswerable=0.2, seed=1)) == []
