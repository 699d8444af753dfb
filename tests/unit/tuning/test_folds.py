"""Folds: nothing that is judged by had a part in the choice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footnote.tuning.folds import FOLDS, Source, folds_of


def source(*documents: str, cluster: str | None = None) -> Source:
    return Source(cluster=cluster or documents[0], documents=frozenset(documents))


DOCUMENTS = st.sets(st.sampled_from("abcdefghij"), min_size=1, max_size=4)
SOURCES = st.lists(DOCUMENTS.map(lambda names: source(*sorted(names))), min_size=1, max_size=40)


@settings(deadline=None, derandomize=True)
@given(SOURCES, st.integers(0, 99))
def test_no_document_is_on_both_sides_and_every_question_is_judged_by_once(
    sources: list[Source], seed: int
) -> None:
    every = np.arange(len(sources))
    judged: list[int] = []
    for fold in folds_of(sources, every, seed):
        judged += fold.judged_by.tolist()
        there = {name for row in fold.judged_by for name in sources[row].documents}
        here = {name for row in fold.chosen_by for name in sources[row].documents}
        assert there.isdisjoint(here)
    assert sorted(judged) == every.tolist()


def test_questions_of_single_documents_are_all_used_on_one_side_or_the_other() -> None:
    sources = [source(name) for name in "abcdefghij" * 3]
    for fold in folds_of(sources, np.arange(30), seed=1):
        assert len(fold.chosen_by) + len(fold.judged_by) == 30


def test_folds_are_as_even_as_the_documents_allow() -> None:
    sources = [source(f"{name}") for name in range(50)]
    sizes = [len(fold.judged_by) for fold in folds_of(sources, np.arange(50), seed=1)]
    assert sizes == [10] * FOLDS


def test_a_question_that_names_its_document_only_as_its_cluster_counts_as_well() -> None:
    sources = [source("a"), Source(cluster="a", documents=frozenset()), source("b")]
    for fold in folds_of(sources, np.arange(3), seed=1):
        sides = (set(fold.judged_by.tolist()), set(fold.chosen_by.tolist()))
        assert sides in [({0, 1}, {2}), ({2}, {0, 1})]


@pytest.mark.parametrize("rows", [[], [3]])
def test_what_cannot_be_parted_is_chosen_by_nothing(rows: list[int]) -> None:
    sources = [source(name) for name in "abcd"]
    folds = list(folds_of(sources, np.array(rows, dtype=np.intp), seed=1))
    assert [fold.chosen_by.tolist() for fold in folds] == [[]] * len(rows)


def test_the_same_seed_draws_the_same_folds() -> None:
    sources = [source(f"{name}") for name in range(50)]
    drawn = [
        [fold.judged_by.tolist() for fold in folds_of(sources, np.arange(50), seed)]
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
