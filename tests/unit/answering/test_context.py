import random
from dataclasses import replace

import pytest

from footnote.answering.citations import cite
from footnote.answering.context import in_context
from footnote.answering.draft import read_draft
from footnote.answering.prompt import (
    CONTEXT_TOKENS,
    USUAL_OUTPUT_TOKENS,
    PromptShape,
    build_prompt,
)
from footnote.answering.token_count import count_tokens
from footnote.domain.passage import Part, Passage
from footnote.domain.prompt import write_claim
from tests.unit.answering.test_citations import BACKUPS

TEXTS = [f"Sentence number {n} of the section stands here." for n in range(6)]
STARTS = [sum(len(text) + 2 for text in TEXTS[:n]) for n in range(6)]
DOCUMENT = "\n\n".join(TEXTS)


def part(ordinal: int) -> Part:
    return Part(ordinal=ordinal, page=10 + ordinal, start=STARTS[ordinal], text=TEXTS[ordinal])


def found(ordinal: int, *, rank: int = 1, beside: tuple[int, ...] = ()) -> Passage:
    own = part(ordinal)
    return replace(
        BACKUPS,
        rank=rank,
        ordinal=ordinal,
        page=own.page,
        start=own.start,
        text=own.text,
        beside=tuple(map(part, beside)),
    )


def test_a_passage_is_read_with_the_chunks_before_and_after_it() -> None:
    (read,) = in_context([found(2, beside=(1, 3))], CONTEXT_TOKENS)
    assert read.text == "\n\n".join(TEXTS[1:4])
    assert (read.start, read.page, read.rank, read.ordinal) == (STARTS[1], 11, 1, 2)


@pytest.mark.parametrize(
    ("passages", "expected"),
    [
        # They are next to each other, or share the chunk between them.
        ([found(1), found(2, rank=2)], [(1, 2)]),
        ([found(3, beside=(2, 4)), found(1, rank=2, beside=(0, 2))], [(0, 1, 2, 3, 4)]),
        # One chunk lies between them and is not known.
        ([found(4, beside=(5,)), found(1, rank=2, beside=(0, 2))], [(4, 5), (0, 1, 2)]),
    ],
)
def test_passages_that_touch_become_one_in_the_place_of_the_best(
    passages: list[Passage], expected: list[tuple[int, ...]]
) -> None:
    read = in_context(passages, CONTEXT_TOKENS)
    assert [tuple(part.ordinal for part in one.parts) for one in read] == expected
    assert [one.rank for one in read] == sorted(one.rank for one in read)


def test_sections_and_documents_stay_apart() -> None:
    other_section = replace(found(2, rank=2), heading_path=("Prices",))
    other_document = replace(found(2, rank=3), document_id=BACKUPS.document_id.__class__("kb.9"))
    assert len(in_context([found(1), other_section, other_document], CONTEXT_TOKENS)) == 3


def test_every_offset_in_every_passage_is_that_of_the_document_and_has_its_page() -> None:
    choose = random.Random(3)
    for _ in range(200):
        ordinals = choose.sample(range(6), choose.randint(1, 4))
        passages = [
            found(o, rank=rank, beside=tuple(n for n in (o - 1, o + 1) if 0 <= n < 6))
            for rank, o in enumerate(ordinals, start=1)
        ]
        for one in in_context(passages, choose.choice((0, 60, CONTEXT_TOKENS))):
            assert DOCUMENT[one.start : one.start + len(one.text)] == one.text
            for piece in one.parts:
                inside = piece.start - one.start
                assert one.part_at(inside) == one.part_at(inside + len(piece.text) - 1) == piece
                assert piece.page == 10 + piece.ordinal


def test_a_quote_from_a_chunk_beside_has_its_own_place_and_page() -> None:
    (read,) = in_context([found(2, beside=(1, 3))], CONTEXT_TOKENS)
    draft = read_draft(f"{TEXTS[3]} {write_claim(1, TEXTS[3])}")
    (citation,) = cite(draft, [read]).citations
    assert (citation.quote, citation.page) == (TEXTS[3], 13)
    assert DOCUMENT[citation.start : citation.end] == TEXTS[3]


def test_a_quote_has_the_page_that_it_begins_on() -> None:
    turned = replace(found(2), page_breaks=(TEXTS[2].index("section"),))
    beside = replace(part(3), page_breaks=(0, TEXTS[3].index("stands")))
    (read,) = in_context([replace(turned, beside=(beside,))], CONTEXT_TOKENS)
    quotes = ("Sentence number 2", "section", "Sentence number 3", "3 of the section")
    pages = [read.page_at(read.text.index(quote)) for quote in quotes]
    assert pages == [12, 13, 14, 14]
    assert read.page_at(read.text.rindex("stands")) == 15


def test_passages_come_before_what_stands_beside_them_and_the_budget_is_kept() -> None:
    size = count_tokens(TEXTS[0])
    passages = [found(0, beside=(1,)), found(4, rank=2, beside=(3, 5))]
    read = in_context(passages, 3 * size)
    assert [one.text for one in read] == ["\n\n".join(TEXTS[0:2]), TEXTS[4]]
    for budget in (2 * size, 0, -100):
        assert [one.text for one in in_context(passages, budget)] == [TEXTS[0], TEXTS[4]]


def test_in_a_narrow_context_the_passages_themselves_go_before_what_stands_beside_them() -> None:
    passages = [found(0, beside=(1,)), found(4, rank=2, beside=(3, 5))]
    wide = build_prompt("How long?", passages)
    assert all(text in wide.user for text in [*TEXTS[:2], *TEXTS[3:]])
    needed = count_tokens(wide.system) + count_tokens(wide.user)
    tokens = needed - 3 * count_tokens(TEXTS[0]) + USUAL_OUTPUT_TOKENS + 100
    narrow = build_prompt("How long?", passages, PromptShape(context_tokens=tokens))
    assert TEXTS[0] in narrow.user
    assert TEXTS[4] in narrow.user
    assert TEXTS[3] not in narrow.user


def test_without_anything_beside_it_a_passage_is_as_it_was_found() -> None:
    (read,) = in_context([found(1)], CONTEXT_TOKENS)
    assert (read.text, read.start, read.page) == (TEXTS[1], STARTS[1], 11)
