"""Rows are split by document."""

import random

from footnote.tuning.splitting import held_out


def test_no_document_is_on_both_sides() -> None:
    draw = random.Random(1)
    rows = [
        [f"d{draw.randrange(60)}" for _ in range(draw.choice((1, 1, 1, 2)))] for _ in range(100)
    ]
    for seed in range(20):
        chosen = held_out(rows, seed)
        known = {name for row in chosen for name in rows[row]}
        assert known.isdisjoint(name for row in set(range(100)) - chosen for name in rows[row])


def test_about_the_share_is_held_out_and_the_seed_draws_it() -> None:
    rows = [[f"d{row // 2}"] for row in range(100)]
    drawn = [held_out(rows, seed) for seed in range(5)]
    assert {len(one) for one in drawn} == {20}
    assert len({frozenset(one) for one in drawn}) > 1
    turned = held_out(rows[::-1], 0)
    assert {rows[::-1][row][0] for row in turned} == {rows[row][0] for row in drawn[0]}


def test_rows_that_are_all_of_one_document_are_learned_from() -> None:
    assert held_out([["same"]] * 50, 1) == set()
    assert held_out([], 1) == set()
