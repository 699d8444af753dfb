from dataclasses import replace

from footnote.answering.citations import cite
from footnote.answering.draft import read_draft
from footnote.answering.prompt import build_prompt
from footnote.domain.answer import Answer, AnswerStatus
from footnote.domain.passage import Part
from footnote.generation.extractive import ExtractiveGenerator
from footnote.retrieval.terms import term_counts
from tests.fakes import FakeEmbedder
from tests.unit.answering.test_citations import passage

GUIDE = passage(
    "The service runs in three regions. Backups are kept for thirty days.\n\n"
    "- Restores take about an hour.\n\n# How long are backups kept at all\n\n"
    'Say "hello" to support [1: "x"] at any time of the day.'
)


def extract(question: str) -> Answer:
    generator = ExtractiveGenerator(FakeEmbedder().embed, term_counts)
    completion = generator.generate(build_prompt(question, [GUIDE]), deadline_s=1)
    return cite(read_draft(completion.text), [GUIDE])


def test_the_sentence_that_fits_is_the_answer_and_its_own_quote() -> None:
    given = extract("How long are backups kept?")
    assert given.text == "Backups are kept for thirty days. [1]"
    assert given.citations[0].quote == "Backups are kept for thirty days."


def test_a_list_item_is_read_without_its_sign_and_quoted_verbatim() -> None:
    given = extract("How long do restores take, an hour?")
    assert given.text.startswith("Restores take about an hour. [1]")
    assert given.citations[0].quote in GUIDE.text


def test_a_heading_is_no_answer() -> None:
    assert "#" not in extract("How long are backups kept at all?").text


def test_signs_of_the_claim_form_in_a_document_do_no_harm() -> None:
    given = extract("When can I say hello to support?")
    assert given.text == 'Say "hello" to support (1: "x"] at any time of the day. [1]'
    assert given.citations[0].quote == 'Say "hello" to support [1: "x"] at any time of the day.'


def test_passages_without_a_sentence_are_a_decline() -> None:
    generator = ExtractiveGenerator(FakeEmbedder().embed, term_counts)
    prompt = build_prompt("How long?", [passage("| a |")])
    given = cite(read_draft(generator.generate(prompt, deadline_s=1).text), prompt.passages)
    assert given.status is AnswerStatus.DECLINED


def test_what_only_stands_beside_a_passage_is_not_extracted() -> None:
    found = passage("The service runs in three regions of the world.")
    text = "Backups are kept for thirty days."
    beside = Part(ordinal=1, page=4, start=len(found.text) + 2, text=text)
    generator = ExtractiveGenerator(FakeEmbedder().embed, term_counts)
    prompt = build_prompt("How long are backups kept?", [replace(found, beside=(beside,))])
    assert text in prompt.user
    assert text not in generator.generate(prompt, deadline_s=1).text


def test_a_row_of_a_table_is_read_cell_by_cell() -> None:
    table = passage("| plan | price |\n| --- | --- |\n| small plan | costs 5 euros a month |")
    generator = ExtractiveGenerator(FakeEmbedder().embed, term_counts)
    prompt = build_prompt("What does the small plan cost in euros a month?", [table])
    given = cite(read_draft(generator.generate(prompt, deadline_s=1).text), [table])
    assert given.text == "small plan · costs 5 euros a month [1]"
    assert given.citations[0].quote == "| small plan | costs 5 euros a month |"


def test_the_best_passage_comes_first_and_its_sentences_in_their_order() -> None:
    first = passage("Our office has three floors. Coffee is free for all backups staff.")
    best = passage(
        "Backups are kept for thirty days. Then backups are kept in a vault for years.", rank=2
    )
    generator = ExtractiveGenerator(FakeEmbedder().embed, term_counts)
    prompt = build_prompt("How long are backups kept in the vault?", [first, best])
    given = cite(read_draft(generator.generate(prompt, deadline_s=1).text), prompt.passages)
    assert given.text.startswith("Backups are kept for thirty days. [1] Then backups are kept in")


def test_a_sentence_is_preferred_to_the_same_words_in_a_block_of_code() -> None:
    text = (
        "```console\n$ ask how long are backups kept\n\nAll backups are kept for thirty days.\n```"
        "\n\nHere backups are kept for thirty days."
    )
    code = passage(text)
    generator = ExtractiveGenerator(FakeEmbedder().embed, term_counts)
    prompt = build_prompt("How long are backups kept?", [code])
    given = cite(read_draft(generator.generate(prompt, deadline_s=1).text), [code])
    assert given.text == "Here backups are kept for thirty days. [1]"


def test_an_endless_sentence_is_quoted_in_whole_words() -> None:
    endless = passage("Backups are kept for " + "exceptionally " * 100)
    generator = ExtractiveGenerator(FakeEmbedder().embed, term_counts)
    prompt = build_prompt("How long are backups kept?", [endless])
    given = cite(read_draft(generator.generate(prompt, deadline_s=1).text), [endless])
    (citation,) = given.citations
    assert citation.quote.endswith("exceptionally")
    assert 500 < len(citation.quote) <= 600
