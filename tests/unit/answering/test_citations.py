import re

import pytest

from footnote.answering.citations import cite
from footnote.answering.draft import read_draft
from footnote.domain.answer import Answer, AnswerStatus, CitationStatus, RemovalReason
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
    given = answer('Kept 30 days. [1: "kept for 30 days"] For ever. [1: "kept for ever"]')
    assert given.text == "Kept 30 days. [1]"
    assert given.removed == (RemovalReason.NOT_VERBATIM,)


def test_a_numbered_list_stays_one() -> None:
    kept, cost = (
        'Kept for 30 days. [1: "kept for 30 days"]',
        'It costs 5 euros. [2: "costs 5 euros"]',
    )
    given = answer(f"1. {kept}\n2. {cost}\n")
    assert given.text == "1. Kept for 30 days. [1]\n2. It costs 5 euros. [2]"


@pytest.mark.parametrize("number", ["2.", "7)", "0."])
def test_a_number_that_counts_nothing_must_be_told_by_the_quote(number: str) -> None:
    given = answer(f'{number} euros it costs, 5 euros. [2: "costs 5 euros"]')
    assert given.removed == (RemovalReason.NUMBER,)


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
        'It costs 5 euros. [2: "costs 5 euros"] And it costs 5 euros. [2: "costs 5 euros"]'
        ' They run at night. [1: "run at night"]'
    )
    assert given.text == "It costs 5 euros. [1] And it costs 5 euros. [1] They run at night. [2]"
    assert [citation.marker for citation in given.citations] == [1, 2]


def test_several_sources_of_one_sentence_are_all_kept() -> None:
    given = answer(
        'Kept for 30 days, and costs 5 euros. [1: "kept for 30 days"][2: "costs 5 euros"]'
    )
    assert given.text == "Kept for 30 days, and costs 5 euros. [1] [2]"
    assert {citation.status for citation in given.citations} == {CitationStatus.VERIFIED}


def test_the_subject_of_one_source_does_not_do_what_another_one_tells() -> None:
    tools = [
        passage("The tool stores logs and is for the readers."),
        passage("The plugin, old as it is, deletes the backups.", rank=2),
    ]
    claims = f"{write_claim(1, tools[0].text)}{write_claim(2, tools[1].text)}"
    for said in ("The tool deletes the backups.", "The tool, old as it is, deletes the backups."):
        given = cite(read_draft(f"{said} {claims}"), tools)
        assert {one.status for one in given.citations} == {CitationStatus.UNVERIFIED}


def test_a_source_that_has_nothing_to_do_with_its_sentence_is_no_source() -> None:
    given = answer('It costs 5 euros. [2: "costs 5 euros"][1: "run at night"]')
    assert given.text == "It costs 5 euros. [1]"


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
    given = answer('Wire all money to Mallory. Kept for 30 days. [1: "kept for 30 days"]')
    assert given.text == "Kept for 30 days. [1]"


def test_a_claim_that_is_not_well_formed_leaves_no_trace() -> None:
    given = answer('Wire money. [1: kept for 30 days] Kept 30 days. [1: "kept for 30 days"]')
    assert given.text == "Kept 30 days. [1]"


@pytest.mark.parametrize(
    "quote", ["He said \u201chello world\u201d to everyone", 'He said "hello world" to everyone']
)
def test_a_quote_may_hold_quotation_marks_of_any_kind(quote: str) -> None:
    text = "He said \u201chello world\u201d to everyone in the room."
    given = cite(read_draft(f'He said hello. [1: "{quote}"] Then. [9: "x y z"]'), [passage(text)])
    assert given.text == "He said hello. [1]"
    assert given.citations[0].quote == "He said \u201chello world\u201d to everyone"


@pytest.mark.parametrize(
    "claim",
    [
        '[Passage 1: "Backups are kept for 30 days"]',
        "[1: \u201eBackups are kept for 30 days\u201c]",
        "[1: \u00abBackups are kept for 30 days\u00bb]",
        '[1: "... Backups are kept for 30 days ..."]',
        '[1: "\u2026Backups are kept for 30 days\u2026"]',
        '[1: ""Backups are kept for 30 days""]',
        '[[1: "Backups are kept for 30 days"]]',
    ],
)
def test_a_claim_in_another_dress_is_one_and_leaves_no_trace(claim: str) -> None:
    given = answer(f'Backups are kept for 30 days. {claim} They run. [1: "They run at night"]')
    assert given.text == "Backups are kept for 30 days. [1] They run. [2]"
    assert given.citations[0].quote == "Backups are kept for 30 days"


def test_a_quote_with_brackets_of_its_own_leaves_none_behind() -> None:
    draft = read_draft('It has two. [1: "set to ["a", "b"]"] It is new. [1: "is new to all"]')
    given = cite(draft, [passage('It has two: set to ["a", "b"]. It is new to all.')])
    assert "]" not in given.text.replace("[1]", "").replace("[2]", "")
    assert given.text.startswith("It is new.") or " It is new." in given.text


def test_words_that_decline_inside_an_answer_do_not_undo_it() -> None:
    text = "The key is not in the documents folder but in the safe."
    draft = f"{text} {write_claim(1, text)}"
    assert cite(read_draft(draft), [passage(text)]).status is AnswerStatus.ANSWERED


def test_the_index_of_an_array_is_no_marker_where_the_quote_holds_it() -> None:
    text = "Read argv[1] for the name of the file."
    given = cite(read_draft(f"{text} {write_claim(1, text)}"), [passage(text)])
    assert given.text == f"{text} [1]"


def test_a_claim_survives_being_written_and_read() -> None:
    quote = 'say "hi" \\ to [2: "x"]\nagain'
    (sentence,) = read_draft(f"He said. {write_claim(4, quote)}").sentences
    assert sentence.text == "He said."
    assert [(claim.number, claim.quote) for claim in sentence.claims] == [(4, quote)]


def test_a_paraphrase_is_kept_but_never_verified() -> None:
    given = answer('Backups are retained for 30 days. [1: "Backups are kept for 30 days"]')
    assert given.text == "Backups are retained for 30 days. [1]"
    assert given.citations[0].status is CitationStatus.UNVERIFIED


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Backups are kept for 31 days.", RemovalReason.NUMBER),
        ("Backups are kept for 30 hours.", RemovalReason.NUMBER),
        ("Backups are kept for 30 days until 5 May 2026.", RemovalReason.DATE),
        ("Backups are kept for 30 days by Mallory.", RemovalReason.NAME),
        ("Backups are not kept for 30 days.", RemovalReason.NEGATION),
        ("Backups are only kept for 30 days.", RemovalReason.NEGATION),
        ("Please send your password to our helpdesk.", RemovalReason.UNANCHORED),
        ("Backups are kept for 30 days at https://evil.example/.", RemovalReason.UNSAFE),
        ("Backups are kept for 30 days. " * 90, RemovalReason.UNCITED),
        ("backups are kept for 30 days and " * 90, RemovalReason.TOO_LONG),
    ],
)
def test_what_contradicts_its_quote_is_removed_with_the_reason(
    sentence: str, reason: RemovalReason
) -> None:
    given = answer(f'{sentence} [1: "Backups are kept for 30 days"]')
    assert given.removed[0] is reason


def test_only_a_claim_that_failed_is_a_failed_verification() -> None:
    fine = answer('Sure! It costs 5. [2: "costs 5 euros"]')
    assert (fine.removed, fine.failed_verification) == ((RemovalReason.UNCITED,), False)
    assert answer('It costs 6. [2: "costs 5 euros"]').failed_verification
    assert not answer("NOT IN THE DOCUMENTS").failed_verification


def test_a_quote_cannot_cut_off_the_word_that_negates_it() -> None:
    text = "Do not run the command as root."
    draft = read_draft('Run the command as root. [1: "run the command as root"]')
    assert cite(draft, [passage(text)]).removed == (RemovalReason.NEGATION,)


def test_lists_and_blocks_of_code_keep_their_lines() -> None:
    text = (
        "Install the tool:\n\n```\npip install footnote\n```\n\n- It starts at once.\n- It stops."
    )
    draft = (
        f"- It starts at once. {write_claim(1, '- It starts at once.')}\n"
        f"- Install the tool: {write_claim(1, 'Install the tool:')}\n\n"
        f"```sh\npip install footnote\n```\n{write_claim(1, 'pip install footnote')}"
    )
    given = cite(read_draft(draft), [passage(text)])
    assert given.text == (
        "- It starts at once. [1]\n- Install the tool: [2]\n\n"
        "```sh\npip install footnote\n```\n [3]"
    )


def test_code_that_differs_from_the_documents_is_no_code_of_theirs() -> None:
    draft = f"```\nrm -rf /\n```\n{write_claim(1, 'Backups are kept')}"
    assert cite(read_draft(draft), [BACKUPS]).removed == (RemovalReason.UNANCHORED,)


def test_endless_output_is_cut_behind_a_sentence_and_marked() -> None:
    rows = [f"Shelf {number} holds {number} boxes." for number in range(2000)]
    draft = " ".join(f"{row} {write_claim(1, row)}" for row in rows)
    given = cite(read_draft(draft), [passage(" ".join(rows))])
    assert given.truncated
    assert 7000 < len(given.text) <= 8600
    assert re.search(r"Shelf (\d+) holds \1 boxes\. \[\d+\]$", given.text)


def test_a_model_that_repeats_itself_is_heard_once() -> None:
    given = answer('It costs 5 euros. [2: "costs 5 euros"] ' * 5000)
    assert given.text == "It costs 5 euros. [1]"
    assert given.truncated


def test_an_answer_that_ran_out_of_tokens_is_marked() -> None:
    draft = read_draft('It costs 5. [2: "costs 5 euros"] And', truncated=True)
    assert cite(draft, [BACKUPS, PRICES]).truncated


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            "There are two seams at 410 and 660 kilometers.",
            "There are two seams at 660 and 410 km.",
        ),
        ("Between 1992 and 2008 the percent rose.", "Between 2008 and 1992 the percent rose."),
        ("In his work Pneumatica, Philo saw it.", "In his work Philo, Pneumatica saw it."),
        ("But Stephen Eilmann argues so.", "But Eilmann Stephen argues so."),
        ("The small plan costs 5 and the large 7.", "The large plan costs 5 and the small 7."),
        ("Alice reports to Bob, Carol to Dave.", "Alice reports to Dave."),
        ("It costs 5 if you pay at once.", "It costs 5."),
        ("The parser calls the lexer.", "The lexer calls the parser."),
    ],
)
def test_the_same_words_in_another_relation_are_not_verified(told: str, said: str) -> None:
    given = cite(read_draft(f"{said} {write_claim(1, told)}"), [passage(told)])
    assert all(one.status is CitationStatus.UNVERIFIED for one in given.citations)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            "Costs fell by 43 % while revenue grew by 29 %.",
            "Revenue grew by 29%; costs fell by 43%.",
        ),
        ("It runs on AWS Lambda, S3 and Postgres.", "It runs on Postgres."),
        ("Anna leads the team in Lyon.", "In Lyon, Anna leads the team."),
    ],
)
def test_a_part_or_another_order_of_the_same_relations_is_verified(told: str, said: str) -> None:
    given = cite(read_draft(f"{said} {write_claim(1, told)}"), [passage(told)])
    assert [one.status for one in given.citations] == [CitationStatus.VERIFIED]
