"""When an answer that was given before is told again, and where its citations then point."""

from dataclasses import replace

import pytest

from footnote.answering.citations import cite
from footnote.answering.context import in_context
from footnote.answering.draft import read_draft
from footnote.answering.keeping import keep, told_again
from footnote.domain.chunk import content_hash
from footnote.domain.document import DocumentId
from footnote.domain.kept_answer import KeptAnswer
from footnote.domain.passage import Part, Passage
from footnote.domain.prompt import write_claim
from tests.unit.test_cascade import PASSAGE

BACKUPS = "Backups are kept for thirty days in every region."
OFFICES = "Offices are cleaned twice a week."


def passage(text: str, *, score: float = 0.9, document: str = "d", ordinal: int = 0) -> Passage:
    return replace(
        PASSAGE,
        text=text,
        score=score,
        document_id=DocumentId(document),
        ordinal=ordinal,
        start=ordinal * 1000,
        content_hash=content_hash(text),
    )


def beside(text: str, ordinal: int, start: int) -> Part:
    hashed = content_hash(text)
    return Part(ordinal=ordinal, page=None, start=start, text=text, content_hash=hashed)


def answered(*passages: Passage, quote: str = BACKUPS, number: int = 1) -> KeptAnswer:
    draft = read_draft(f"{' '.join(quote.split())} {write_claim(number, quote)}")
    return keep(cite(draft, passages), passages, "small", "ckpt-3")


def test_an_answer_holds_for_the_same_passages_in_another_order() -> None:
    first, second = passage(BACKUPS), passage(OFFICES, score=0.2, document="e")
    again = told_again(answered(first, second), [second, first])
    assert again == cite(read_draft(f"{BACKUPS} {write_claim(1, BACKUPS)}"), [first])


def test_titles_links_pages_and_versions_are_those_of_now() -> None:
    now = replace(
        passage(BACKUPS, ordinal=3), title="New", url="https://e.org", page=7, version_id="v9"
    )
    again = told_again(answered(passage(BACKUPS)), [now])
    assert again
    (citation,) = again.citations
    assert (citation.title, citation.url, citation.page) == ("New", "https://e.org", 7)
    assert (citation.version_id, citation.start) == ("v9", 3000)


@pytest.mark.parametrize(
    "now",
    [
        [],
        [passage(OFFICES)],
        [passage(BACKUPS, document="e")],
        [passage(BACKUPS.replace("thirty", "sixty"))],
    ],
    ids=["nothing found", "another chunk", "another document", "a changed chunk"],
)
def test_an_answer_does_not_hold_where_its_chunk_is_not_found(now: list[Passage]) -> None:
    assert told_again(answered(passage(BACKUPS)), now) is None


@pytest.mark.parametrize(("score", "holds"), [(0.95, False), (0.6, False), (0.5, True)])
def test_news_count_where_they_are_found_nearly_as_well_as_what_is_cited(
    score: float, *, holds: bool
) -> None:
    news = passage("Backups are kept for sixty days.", score=score, document="new")
    again = told_again(answered(passage(BACKUPS, score=0.9)), [passage(BACKUPS, score=0.9), news])
    assert (again is not None) is holds


def test_news_that_a_reranker_puts_before_what_is_cited_count_whatever_their_score() -> None:
    news = passage("Backups are kept for sixty days.", score=0.1, document="new")
    assert told_again(answered(passage(BACKUPS)), [passage(BACKUPS), news])
    assert told_again(answered(passage(BACKUPS)), [news, passage(BACKUPS)]) is None


def test_a_copy_of_what_was_read_is_no_news() -> None:
    copy = passage(BACKUPS, score=0.95, document="copy")
    assert told_again(answered(passage(BACKUPS)), [copy, passage(BACKUPS)])


def test_the_lowest_of_the_cited_passages_says_what_is_near() -> None:
    low = passage(OFFICES, score=0.3, document="low")
    news = passage("Backups are kept for sixty days.", score=0.25, document="new")
    cited = [passage(BACKUPS), low]
    assert told_again(answered(*cited), [*cited, news])
    assert told_again(answered(*cited, quote=OFFICES, number=2), [*cited, news]) is None


def test_a_quote_over_two_chunks_holds_as_long_as_these_stand_side_by_side() -> None:
    first, second = "Backups are kept for", "thirty days in every region."
    found = replace(passage(first), beside=(beside(second, 1, len(first) + 2),))
    read = in_context([found], 6000)
    kept = answered(*read, quote=f"{first}\n\n{second}")
    assert [len(citation.chunks) for citation in kept.citations] == [2]
    moved = replace(found, start=50, beside=(beside(second, 1, 50 + len(first) + 2),))
    again = told_again(kept, in_context([moved], 6000))
    assert again
    assert (again.citations[0].start, again.citations[0].quote) == (50, f"{first}\n\n{second}")
    assert told_again(kept, [passage(first)]) is None
    changed = replace(found, beside=(beside("ten days.", 1, len(first) + 2),))
    assert told_again(kept, in_context([changed], 6000)) is None


def test_a_new_chunk_beside_the_cited_one_is_news_however_badly_it_fits() -> None:
    note = beside("None of this holds since March.", 1, 1000)
    kept = answered(passage(BACKUPS))
    assert told_again(kept, in_context([replace(passage(BACKUPS), beside=(note,))], 6000)) is None
    read = in_context([replace(passage(BACKUPS), beside=(note,))], 6000)
    assert told_again(answered(*read), [passage(BACKUPS)])
