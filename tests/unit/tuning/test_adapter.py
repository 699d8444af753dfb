"""Adapters: what is there to be learned is learned, and what is not is left alone."""

from dataclasses import replace

import numpy as np
import pytest

from footnote.domain.fusion import DEFAULT_WEIGHTS, Candidate
from footnote.embedding.query_adapter import QueryAdapter, rows_of
from footnote.tuning.adapter import AdapterTrial, try_adapter
from footnote.tuning.descent import Floats, least
from footnote.tuning.folds import Source
from footnote.tuning.fusion import NOT_FOUND, RankedQuestion, document_ranks, reciprocal
from footnote.tuning.hybrid import Embedded, Neighbourhood, document_rank
from footnote.tuning.neighbourhoods import AskedOf, Embeddings, laid_out, packed

FLOATS, DOCUMENTS = 16, 40


def corpus(*, turned: float, seed: int = 1) -> tuple[list[Neighbourhood], Embedded]:
    """One chunk a document, two questions each; questions lean a way that no document does.

    With `turned` there is a map that brings every question to its document.
    """
    draw = np.random.default_rng(seed)
    chunks = draw.normal(size=(DOCUMENTS, FLOATS))
    chunks /= np.linalg.norm(chunks, axis=1, keepdims=True)
    mixing = np.eye(FLOATS) + turned * draw.normal(size=(FLOATS, FLOATS)) / np.sqrt(FLOATS)
    asked = []
    for number in range(2 * DOCUMENTS):
        gold = number // 2
        vector = mixing @ chunks[gold] + draw.normal(size=FLOATS) * 0.08
        asked.append(
            AskedOf(
                source=Source(cluster=f"{gold:02}", documents=frozenset([f"{gold:02}"])),
                vector=(vector / np.linalg.norm(vector)).tolist(),
                candidates=[
                    Candidate(chunk_id=at, key=f"{at:02}", scores=(0, 0, 0))
                    for at in range(DOCUMENTS)
                ],
                gold_chunks=[gold],
                gold_keys=frozenset([f"{gold:02}"]),
            )
        )
    embeddings = Embeddings(
        chunks={at: row.tolist() for at, row in enumerate(chunks)},
        documents={f"{at:02}": row.tolist() for at, row in enumerate(chunks)},
    )
    return laid_out(asked, embeddings, 100, DEFAULT_WEIGHTS)


def shuffled(questions: list[Neighbourhood], seed: int = 2) -> list[Neighbourhood]:
    """Every question with another document's chunk for its answer."""
    order = np.random.default_rng(seed).permutation(len(questions))
    return [
        replace(
            one, gold=questions[at].gold, right=questions[at].right, source=questions[at].source
        )
        for one, at in zip(questions, order, strict=True)
    ]


def gain(trial: AdapterTrial) -> float:
    """In MRR, on questions that took no part."""
    return float(reciprocal(trial.held_out).mean() - reciprocal(trial.by_identity).mean())


@pytest.fixture(scope="module")
def learned() -> AdapterTrial:
    return try_adapter(*corpus(turned=1.2), seed=1)


def test_a_map_that_is_there_is_found_and_serves_questions_of_other_documents(
    learned: AdapterTrial,
) -> None:
    assert learned.map is not None
    assert gain(learned) > 0.02


def test_of_shuffled_answers_nothing_is_learned_that_holds() -> None:
    questions, embedded = corpus(turned=0.0)
    trial = try_adapter(shuffled(questions), embedded, seed=1)
    assert gain(trial) < 0.02
    assert np.inf in trial.pulls


def test_where_every_question_finds_its_document_the_identity_stays() -> None:
    trial = try_adapter(*corpus(turned=0.0), seed=1)
    assert (trial.map, trial.pull, set(trial.pulls)) == (None, np.inf, {np.inf})
    assert gain(trial) == 0


def test_the_same_seed_learns_the_same(learned: AdapterTrial) -> None:
    again = try_adapter(*corpus(turned=1.2), seed=1)
    assert learned.map is not None
    assert again.map is not None
    assert np.array_equal(learned.map.up, again.map.up)
    assert np.array_equal(learned.held_out, again.held_out)


def test_what_plain_python_applies_is_what_was_learned(learned: AdapterTrial) -> None:
    found = learned.map
    assert found is not None
    applied = QueryAdapter(
        rows_of(packed(found.down), FLOATS), rows_of(packed(found.up), len(found.down))
    )
    vectors = np.array([one.vector for one in corpus(turned=1.2)[0]])
    expected = found.adapted(vectors)
    for vector, row in zip(vectors[:5], expected, strict=False):
        assert np.allclose(applied.adapted(vector.tolist()), row, atol=1e-5)


def test_ranks_are_those_of_candidates_with_the_same_scores() -> None:
    """Fused as `document_ranks` fuses them, whose order a test holds against the live search."""
    draw = np.random.default_rng(4)
    embedded = Embedded(
        chunks=np.zeros((1, 1), np.float32),
        documents=np.zeros((1, 1), np.float32),
        each=1000,
        weights=DEFAULT_WEIGHTS,
    )
    for _ in range(20):
        documents = draw.integers(0, 12, size=40)
        cosine, words = draw.random(40), draw.random(40)
        whole = draw.random(12)[documents]
        parts = [
            (cosine - cosine.min()) / np.ptp(cosine),
            words / words.max(),
            (whole - whole.min()) / np.ptp(whole),
        ]
        candidates = [
            Candidate(chunk_id=at, key=f"{documents[at]:02}", scores=(a, b, c))
            for at, (a, b, c) in enumerate(zip(*parts, strict=True))
        ]
        source = Source(cluster="c", documents=frozenset())
        ranked = RankedQuestion(source=source, candidates=candidates, gold=frozenset(["03"]))
        (expected,) = document_ranks(ranked, np.array([DEFAULT_WEIGHTS]))
        question = Neighbourhood(
            source=source,
            vector=np.zeros(1, np.float32),
            chunks=np.arange(40),
            documents=documents,
            by_words=words,
            right=documents == 3,
            gold=np.array([], dtype=np.intp),
        )
        assert document_rank(question, cosine, whole, embedded) == expected


def test_a_question_without_candidates_finds_nothing() -> None:
    questions, embedded = corpus(turned=0.0)
    none = np.array([], dtype=np.intp)
    lost = replace(
        questions[0], chunks=none, documents=none, by_words=np.array([]), right=none.astype(bool)
    )
    assert document_rank(lost, np.array([]), np.array([]), embedded) == NOT_FOUND


@pytest.mark.parametrize("start", [0.0, 5.0])
def test_descent_finds_the_least_of_a_bent_valley(start: float) -> None:
    """Rosenbrock's function, whose least is at (1, 1)."""

    def valley(at: Floats) -> tuple[float, Floats]:
        x, y = float(at[0]), float(at[1])
        value = (1 - x) ** 2 + 100 * (y - x * x) ** 2
        slope = np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
        return value, slope

    found = least(valley, np.array([start, start]), steps=200, close=0.0)
    assert np.allclose(found, [1, 1], atol=1e-3)
