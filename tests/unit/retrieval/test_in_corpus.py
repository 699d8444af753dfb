from datetime import UTC, datetime

import pytest

from footnote.domain.document import DocumentId
from footnote.domain.passage import Passage, Retrieval
from footnote.retrieval.in_corpus import answerable, in_corpus_probability

LOCAL = "all-MiniLM-L6-v2-int8"


def found(cosine: float, coverage: float) -> Retrieval:
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
    now = datetime.now(UTC)
    return Retrieval(passages=(passage,), coverage=coverage, index_as_of=now)


def test_nothing_found_is_nothing_to_answer_from() -> None:
    nothing = Retrieval(passages=(), coverage=0.0, index_as_of=datetime.now(UTC))
    assert not answerable(nothing, LOCAL)


@pytest.mark.parametrize("model", [LOCAL, "text-embedding-3-small"])
def test_the_more_a_question_is_covered_the_likelier_it_is_answered(model: str) -> None:
    shares = [in_corpus_probability(found(0.4, share / 10), model) for share in range(11)]
    assert shares == sorted(shares)
    assert not answerable(found(0.1, 0.1), model)
    assert answerable(found(0.7, 0.9), model)


def test_the_cosine_of_a_model_without_calibration_is_not_believed() -> None:
    other = "text-embedding-3-small"
    low, high = (
        in_corpus_probability(found(0.1, 0.5), other),
        in_corpus_probability(found(0.9, 0.5), other),
    )
    assert low == high
