"""A corpus by another model: its nearest chunks, and documents as the mean of theirs."""

import numpy as np
import pytest

from footnote.domain.fusion import DEFAULT_WEIGHTS, Candidate
from footnote.tuning.embedded_corpus import EmbeddedCorpus, document_ranks, reciprocal_ranks
from footnote.tuning.folds import Source
from footnote.tuning.fusion import NOT_FOUND
from footnote.tuning.neighbourhoods import AskedOf, Embeddings, laid_out

EAST, NORTH, WEST = [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]


@pytest.fixture
def corpus() -> EmbeddedCorpus:
    made = EmbeddedCorpus()
    made.add([1, 2], ["a", "a"], [EAST, NORTH])
    made.add([5], ["b"], [WEST])
    return made


def asked(vector: list[float], gold: str) -> AskedOf:
    return AskedOf(
        source=Source(cluster=gold, documents=frozenset([gold])),
        vector=vector,
        candidates=[
            Candidate(chunk_id=number, key=key, scores=(0, 0, 0))
            for number, key in ((1, "a"), (2, "a"), (5, "b"))
        ],
        gold_chunks=(),
        gold_keys=frozenset([gold]),
    )


def test_the_nearest_come_from_all_parts(corpus: EmbeddedCorpus) -> None:
    assert corpus.nearest([-1.0, 0.1], 1) == [5]
    assert sorted(corpus.nearest([0.7, 0.7], 2)) == [1, 2]
    assert sorted(corpus.nearest(NORTH, 100)) == [1, 2, 5]


def test_a_document_is_the_mean_of_all_its_chunks_whichever_are_asked_for(
    corpus: EmbeddedCorpus,
) -> None:
    embeddings = corpus.embeddings([5])
    assert list(embeddings.chunks) == [5]
    assert embeddings.documents["a"][0] == pytest.approx(embeddings.documents["a"][1])
    assert list(embeddings.documents) == ["a", "b"]


def test_the_right_document_is_ranked_by_these_embeddings(corpus: EmbeddedCorpus) -> None:
    questions = [asked(EAST, "a"), asked(EAST, "b"), asked(WEST, "b"), asked(WEST, "c")]
    ranks = document_ranks(questions, corpus.embeddings([1, 2, 5]), 100, DEFAULT_WEIGHTS)
    assert ranks == [1, 2, 1, NOT_FOUND]
    assert reciprocal_ranks(ranks) == [1.0, 0.5, 1.0, 0.0]


def test_a_document_of_many_subjects_is_no_further_off_for_its_mean_being_short() -> None:
    embeddings = Embeddings(chunks={1: EAST, 5: WEST}, documents={"a": [0.1, 0.1], "b": WEST})
    _, embedded = laid_out([asked(EAST, "a")], embeddings, 100, DEFAULT_WEIGHTS)
    assert np.linalg.norm(embedded.documents, axis=1) == pytest.approx([1.0, 1.0])
