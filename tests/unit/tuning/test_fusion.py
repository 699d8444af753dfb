"""Weights: ranks as the search makes them, and a choice that says what it will be worth."""

import random

import numpy as np

from footnote.domain.fusion import DEFAULT_WEIGHTS, Candidate, Weights
from footnote.evaluation.ranking import reciprocal_rank
from footnote.tuning.folds import Source, folds_of
from footnote.tuning.fusion import (
    DEPTH,
    NOT_FOUND,
    REPEATS,
    RankedQuestion,
    document_ranks,
    reciprocal,
    try_weights,
    weight_grid,
)
from tests.ranked_questions import ranked_questions, told_by


def question(gold: str, *candidates: Candidate) -> RankedQuestion:
    source = Source(cluster=gold, documents=frozenset([gold]))
    return RankedQuestion(source=source, candidates=candidates, gold=frozenset([gold]))


def candidate(chunk_id: int, key: str, *scores: float) -> Candidate:
    return Candidate(chunk_id=chunk_id, key=key, scores=(scores[0], scores[1], scores[2]))


def slowly(asked: RankedQuestion, weights: Weights) -> float:
    """The reciprocal rank as it is defined, one candidate after the other."""
    meaning, words, document = np.array(weights, dtype=np.float32).astype(float)

    def place(one: Candidate) -> tuple[float, int]:
        score = meaning * one.scores[0] + words * one.scores[1] + document * one.scores[2]
        return -score, one.chunk_id

    found = [one.key for one in sorted(asked.candidates, key=place)[:DEPTH]]
    return reciprocal_rank([key in asked.gold for key in dict.fromkeys(found)])


def test_the_grid_is_the_default_and_every_share_of_one() -> None:
    grid = weight_grid()
    assert tuple(grid[0]) == DEFAULT_WEIGHTS
    assert np.allclose(grid.sum(axis=1), 1)
    assert grid.min() == 0
    assert len(np.unique(grid.round(6), axis=0)) == len(grid) == 232


def test_ranks_are_those_of_the_definition_ties_included() -> None:
    draw = random.Random(7)
    grid = weight_grid()[::11]
    for _ in range(40):
        candidates = [
            candidate(number, f"d{draw.randrange(30)}", *draw.choices([0, 0.25, 0.5, 1], k=3))
            for number in draw.sample(range(999), draw.randrange(1, 120))
        ]
        asked = question(f"d{draw.randrange(30)}", *candidates)
        expected = [slowly(asked, (row[0], row[1], row[2])) for row in grid]
        assert reciprocal(document_ranks(asked, grid)).tolist() == expected


def test_what_is_not_among_the_candidates_is_not_found() -> None:
    grid = weight_grid()
    none = document_ranks(question("a"), grid)
    other = document_ranks(question("a", candidate(1, "b", 1, 1, 1)), grid)
    assert set(none) == set(other) == {NOT_FOUND}
    assert reciprocal(none).max() == 0


def test_weights_that_tell_more_are_found_and_their_worth_is_judged_on_other_questions() -> None:
    _, ranked = ranked_questions(told_by(0.9, 0.05, 0.05, sure=25), seed=3)
    trial = try_weights(ranked, seed=1)
    assert trial.weights[0] > 0.6
    assert reciprocal(trial.held_out).mean() > reciprocal(trial.by_default).mean() + 0.1


def test_weights_of_which_none_tells_more_stay_the_default() -> None:
    same = [
        question(f"d{n}", candidate(1, f"d{n}", 1, 1, 1), candidate(2, "x", 0, 0, 0))
        for n in range(30)
    ]
    trial = try_weights(same, seed=1)
    assert {trial.weights, *trial.chosen_in_folds} == {DEFAULT_WEIGHTS}


def test_a_question_has_no_part_in_the_weights_that_it_is_judged_by() -> None:
    """The right document of one question is changed: all but its own figures may change."""
    _, ranked = ranked_questions(told_by(0.6, 0.2, 0.2), seed=5, questions=40)
    before = try_weights(ranked, seed=1)
    changed = RankedQuestion(
        source=ranked[0].source,
        candidates=ranked[0].candidates,
        gold=frozenset({ranked[0].candidates[-1].key}),
    )
    after = try_weights([changed, *ranked[1:]], seed=1)
    sources = [one.source for one in ranked]
    folds = [
        fold
        for again in range(REPEATS)
        for fold in folds_of(sources, np.arange(40), seed=1 + again)
    ]
    mine = [at for at, fold in enumerate(folds) if 0 in fold.judged_by]
    assert len(mine) == REPEATS
    chosen = [before.chosen_in_folds[at] for at in mine]
    assert [after.chosen_in_folds[at] for at in mine] == chosen
    ranks = document_ranks(changed, np.array(chosen))
    assert after.held_out[:, 0].tolist() == ranks.tolist()


def test_the_same_seed_gives_the_same_trial() -> None:
    _, ranked = ranked_questions(told_by(0.6, 0.2, 0.2), seed=5, questions=40)
    first, again, other = (try_weights(ranked, seed) for seed in (1, 1, 2))
    assert first.chosen_in_folds == again.chosen_in_folds != other.chosen_in_folds
