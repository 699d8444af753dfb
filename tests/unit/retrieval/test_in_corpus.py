from datetime import UTC, datetime

import pytest

from footnote.domain.document import DocumentId
from footnote.domain.passage import Evidence, Passage, Retrieval
from footnote.retrieval.in_corpus import Calibration, answerable, in_corpus_probability

LOCAL = "all-MiniLM-L6-v2-int8"
OTHER = "text-embedding-3-small"


def found(
    cosine: float, coverage: float, model: str = LOCAL, calibration: Calibration | None = None
) -> Retrieval:
    passage = Passage(
        rank=1,
        score=1.0,
        cosine=cosine,
        bm25=3.0,
        document_id=DocumentId("kb.0"),
        key="kb/a.md",
        version_id=None,
        title="A",
        url=None,
        page=None,
        heading_path=(),
        ordinal=0,
        start=0,
        text="text",
    )
    return Retrieval(
        passages=(passage,),
        index_as_of=datetime.now(UTC),
        evidence=Evidence(cosine=cosine, coverage=coverage, bm25=coverage, margin=0.1),
        calibration=calibration,
        embedding_model=model,
    )


def test_nothing_found_is_nothing_to_answer_from() -> None:
    nothing = Retrieval(passages=(), index_as_of=datetime.now(UTC), embedding_model=LOCAL)
    assert not answerable(nothing)


@pytest.mark.parametrize("model", [LOCAL, OTHER, ""])
def test_the_more_a_question_is_covered_the_likelier_it_is_answered(model: str) -> None:
    shares = [in_corpus_probability(found(0.4, share / 10, model)) for share in range(11)]
    assert shares == sorted(shares)
    assert not answerable(found(0.1, 0.1, model))
    assert answerable(found(0.7, 0.9, model))


@pytest.mark.parametrize("model", [OTHER, ""])
def test_a_cosine_without_calibration_is_not_believed(model: str) -> None:
    low, high = (in_corpus_probability(found(cosine, 0.5, model)) for cosine in (0.1, 0.9))
    assert low == high


def test_what_was_fitted_to_an_index_counts_before_the_models_own() -> None:
    never = (0.0, 0.0, 0.0, 0.0, -9.0)
    assert not answerable(found(0.9, 1.0, OTHER, never))
    assert answerable(found(0.9, 1.0, LOCAL))
    assert not answerable(found(0.9, 1.0, LOCAL, never))


def test_a_calibration_is_of_no_use_while_the_model_is_down() -> None:
    never = (0.0, 0.0, 0.0, 0.0, -9.0)
    assert answerable(found(0.0, 0.9, "", never))
