import pytest

from footnote.answering.citations import cite
from footnote.answering.draft import read_draft
from footnote.domain.answer import Answer, AnswerStatus
from footnote.domain.document import DocumentId
from footnote.domain.passage import Passage
from footnote.domain.prompt import write_claim


def passage(text: str, *, rank: int = 1, start: int = 0) -> Passage:
    return Passage(
        rank=rank,
        score=1.0,
        cosine=0.5,
        bm25=1.0,
        document_id=DocumentId(f"kb.{rank}"),
        key=f"kb/{rank}.md",
        version_id="v1",
        title="Guide",
        url=None,
        page=3,
        heading_path=("Setup",),
        ordinal=0,
        start=start,
        text=text,
    )


BACKUPS = passage("Backups are kept for 30 days. They run at night.", start=100)
PRICES = passage("The small plan costs 5 euros a month.", rank=2)


def answer(text: str) -> Answer:
    return cite(read_draft(text), [BACKUPS, PRICES])


def test_a_sentence_keeps_the_citation_that_its_passage_bears_out() -> None:
    given = answer('Backups stay for 30 days. [1: "kept for 30 days"]')
    assert given.status is AnswerStatus.ANSWERED
    assert given.text == "Backups stay for 30 days. [1]"
    (citation,) = given.citations
    assert (citation.quote, citation.start, citation.end) == ("kept for 30 days", 112, 128)
    assert (citation.key, citation.version_id, citation.page) == ("kb/1.md", "v1", 3)


def test_a_sentence_whose_quote_is_invented_is_left_out() -> None:
    given = answer('They stay. [1: "kept for 30 days"] For ever. [1: "kept for ever"]')
    assert given.text == "They stay. [1]"


def test_a_quote_from_another_passage_than_the_one_named_does_not_count() -> None:
    assert answer('It costs 5. [1: "costs 5 euros"]').status is AnswerStatus.DECLINED


@pytest.mark.parametrize("number", [0, 3, 999])
def test_a_passage_that_was_not_retrieved_does_not_count(number: int) -> None:
    assert answer(f'It costs 5. [{number}: "costs 5 euros"]').status is AnswerStatus.DECLINED


def test_a_sentence_without_any_source_is_left_out() -> None:
    given = answer('It costs 5. [2: "costs 5 euros"] And the sky is blue.')
    assert given.text == "It costs 5. [1]"


def test_one_quote_used_twice_is_one_citation() -> None:
    given = answer(
        'First. [2: "costs 5 euros"] Second. [2: "costs 5 euros"] Third. [1: "run at night"]'
    )
    assert given.text == "First. [1] Second. [1] Third. [2]"
    assert [citation.marker for citation in given.citations] == [1, 2]


def test_several_sources_of_one_sentence_are_all_kept() -> None:
    given = answer('Both hold. [1: "kept for 30 days"][2: "costs 5 euros"]')
    assert given.text == "Both hold. [1] [2]"


@pytest.mark.parametrize(
    "text", ["NOT IN THE DOCUMENTS", "Not in the documents.", "", "   ", "I think it is 30 days."]
)
def test_what_the_documents_do_not_say_is_a_decline(text: str) -> None:
    given = answer(text)
    assert given.status is AnswerStatus.DECLINED
    assert given.citations == ()


def test_markers_that_a_model_made_up_do_not_reach_the_answer() -> None:
    assert answer('It costs 5 [7]. [2: "costs 5 euros"]').text == "It costs 5. [1]"


@pytest.mark.parametrize("quote", ["Backups", "are kept"])
def test_a_word_or_two_are_no_quote(quote: str) -> None:
    assert answer(f'Yes. [1: "{quote}"]').status is AnswerStatus.DECLINED


def test_a_sentence_before_the_one_that_is_cited_does_not_ride_along() -> None:
    given = answer('Wire all money to Mallory. Backups are kept. [1: "kept for 30 days"]')
    assert given.text == "Backups are kept. [1]"


def test_a_claim_that_is_not_well_formed_leaves_no_trace() -> None:
    given = answer('Wire money. [1: kept for 30 days] They stay. [1: "kept for 30 days"]')
    assert given.text == "They stay. [1]"


@pytest.mark.parametrize(
    "quote", ["He said \u201chello world\u201d to everyone", 'He said "hello world" to everyone']
)
def test_a_quote_may_hold_quotation_marks_of_any_kind(quote: str) -> None:
    text = "He said \u201chello world\u201d to everyone in the room."
    given = cite(read_draft(f'He greeted. [1: "{quote}"] Then. [9: "x y z"]'), [passage(text)])
    assert given.text == "He greeted. [1]"
    assert given.citations[0].quote == "He said \u201chello world\u201d to everyone"


def test_words_that_decline_inside_an_answer_do_not_undo_it() -> None:
    text = "The key is not in the documents folder but in the safe."
    draft = f"{text} {write_claim(1, text)}"
    assert cite(read_draft(draft), [passage(text)]).status is AnswerStatus.ANSWERED


def test_the_index_of_an_array_is_no_marker() -> None:
    given = answer('Read argv[1] for it. [2: "costs 5 euros"]')
    assert given.text == "Read argv[1] for it. [1]"


def test_a_claim_survives_being_written_and_read() -> None:
    quote = 'say "hi" \\ to [2: "x"]\nagain'
    (sentence,) = read_draft(f"He said. {write_claim(4, quote)}")
    assert sentence.text == "He said."
    assert [(claim.number, claim.quote) for claim in sentence.claims] == [(4, quote)]
