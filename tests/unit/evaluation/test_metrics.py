"""What each metric says of an outcome, and of which outcomes it says nothing."""

from dataclasses import replace

import pytest

from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.measuring import compare, measure
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.question_set import Origin
from tests.outcomes import cited, found, outcome, passage, question, said

HOW = Resampling(resamples=200, seed=1)


def values(*outcomes: Outcome) -> dict[str, float]:
    return {
        f"{one.metric.group}: {one.metric.name}": one.figure.value for one in measure(outcomes, HOW)
    }


def unanswerable(name: str, origin: Origin = Origin.OWN) -> Outcome:
    asked = question(name, answerable=False, origin=origin)
    return outcome(asked, found("b.md"), said(None, in_corpus=0.1))


def test_documents_count_once_each_in_the_order_they_were_found() -> None:
    first = outcome(question("1"), found("a.md", "b.md"))
    third = outcome(question("2", gold=("c.md", "z.md")), found("a.md", "b.md", "c.md"))
    never = outcome(question("3", gold=("z.md",)), found("a.md"))
    told = values(first, third, never)
    assert told["documents found: hit@1"] == pytest.approx(1 / 3)
    assert told["documents found: hit@3"] == pytest.approx(2 / 3)
    assert told["documents found: MRR"] == pytest.approx((1 + 1 / 3 + 0) / 3)
    assert told["documents found: recall@10"] == pytest.approx((1 + 0.5 + 0) / 3)


def test_a_passage_is_right_in_a_gold_document_only() -> None:
    there = found("b.md", "a.md", gold_chunks=2)
    told = values(outcome(question(), there))
    assert told["passages found: hit@1"] == 0
    assert told["passages found: MRR"] == 0.5
    assert told["passages found: recall@10"] == 0.5


def test_another_passage_of_the_right_document_is_not_the_right_passage() -> None:
    passages = (passage("a.md", "Invoices are sent monthly."), passage("a.md"))
    told = values(outcome(question(), replace(found("a.md"), passages=passages)))
    assert told["documents found: hit@1"] == 1
    assert told["passages found: MRR"] == 0.5


def test_a_gold_text_that_is_nowhere_in_the_index_says_nothing_of_passages() -> None:
    told = values(outcome(question(), found("a.md", gold_chunks=None)))
    assert "passages found: MRR" not in told
    assert told["documents found: MRR"] == 1


def test_a_decline_holds_no_gold_answer_whatever_its_words() -> None:
    right = outcome(question("1"), reply=said("thirty days [1]", cited("a.md")))
    declined = outcome(question("2"), reply=said(None))
    told = values(right, declined)
    assert told["answers: contains the gold answer"] == 0.5
    assert told["answers: token F1"] == 0.5
    assert told["declining: answerable, declined"] == 0.5


def test_form_is_of_what_was_written_and_json_keeps_its_lists() -> None:
    asked = [replace(question(name), output_schema={}, answers=("[30]",)) for name in "123"]
    fits = replace(said('{"days": [30]}'), fits=True)
    not_json = replace(said(None), fits=False, outside_ms=9.0)
    declined = said(None)
    replies = zip(asked, (fits, not_json, declined), strict=True)
    told = values(*(outcome(one, reply=reply) for one, reply in replies))
    assert told["format: fits the schema"] == 0.5
    assert told["answers: contains the gold answer"] == pytest.approx(1 / 3)
    assert told["latency: declined, p50"] == 100


def test_citations_are_judged_by_document_by_quote_and_by_what_the_api_says() -> None:
    mixed = said("x", cited("a.md", verified=True), cited("b.md", verbatim=False, verified=False))
    wrong = said("x", cited("b.md"))
    told = values(outcome(question("1"), reply=mixed), outcome(question("2"), reply=wrong))
    assert told["citations: cites a gold document"] == 0.5
    assert told["citations: precision"] == 0.25
    assert told["citations: quotes verbatim"] == pytest.approx(2 / 3)
    assert told["citations: verified"] == 0.5


def test_an_api_that_says_nothing_of_verification_has_no_figure_of_it() -> None:
    assert "citations: verified" not in values(outcome(question(), reply=said("x", cited("a.md"))))


def test_own_and_foreign_questions_are_declined_apart() -> None:
    answered = outcome(question("1"), reply=said("x", in_corpus=0.6))
    near = outcome(question("2", answerable=False), reply=said("x", in_corpus=0.7))
    told = values(answered, near, unanswerable("3"), unanswerable("4", Origin.FOREIGN))
    assert told["declining: unanswerable, declined"] == 0.5
    assert told["declining: foreign, declined"] == 1
    assert told["declining: AUROC, unanswerable"] == 0.5
    assert told["declining: AUROC, foreign"] == 1


def test_a_score_of_the_search_serves_where_nothing_was_asked() -> None:
    told = values(
        outcome(question("1"), found("a.md", in_corpus=0.8)),
        outcome(question("2", answerable=False), found("a.md", in_corpus=0.3)),
    )
    assert told["declining: AUROC, unanswerable"] == 1
    assert "declining: unanswerable, declined" not in told


def test_times_are_told_by_step_and_declines_apart() -> None:
    slow = outcome(question("1"), reply=said("x", outside_ms=400, cost_usd=0.002))
    quick = outcome(question("2"), reply=said(None, outside_ms=8))
    told = values(slow, quick)
    assert (told["latency: answered, p50"], told["latency: declined, p95"]) == (400, 8)
    assert told["latency: answered: retrieval, p50"] == 100
    assert told["cost: per 1,000 questions"] == pytest.approx(1.0)
    assert told["cost: input tokens"] == 100


def test_what_failed_is_in_no_figure() -> None:
    failed = outcome(question("2"), found("b.md"), error="503")
    assert values(outcome(question("1"), found("a.md")), failed)["documents found: hit@1"] == 1


def test_two_runs_are_compared_on_the_questions_that_both_have() -> None:
    old = [outcome(question(str(n), gold=(f"{n}.md",)), found("b.md")) for n in range(30)]
    new = [outcome(one.question, found(*one.question.gold_documents)) for one in old[:20]]
    changed = outcome(question("21", gold=("other.md",)), found("other.md"))
    hit = next(one for one in compare(old, [*new, changed], HOW) if one.metric.name == "hit@1")
    assert (hit.difference.old, hit.difference.new, hit.difference.questions) == (0, 1, 20)
    assert hit.verdict == "better"


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [(100, 50, "better"), (50, 100, "worse"), (50, 50, "the same")],
)
def test_less_time_is_better(before: float, after: float, verdict: str) -> None:
    runs = [
        [outcome(question(str(n)), reply=said("x", outside_ms=time + n)) for n in range(12)]
        for time in (before, after)
    ]
    clustered = [
        [outcome(question(str(n), gold=(f"{n}.md",)), reply=one.said) for n, one in enumerate(run)]
        for run in runs
    ]
    compared = compare(clustered[0], clustered[1], HOW)
    assert next(one for one in compared if one.metric.name == "answered, p50").verdict == verdict


def test_a_change_within_the_noise_cannot_be_told() -> None:
    old = [
        outcome(question(str(n), gold=(f"{n}.md",)), found(f"{n if n % 2 else 'b'}.md"))
        for n in range(20)
    ]
    new = [outcome(one.question, found(f"{n if n % 3 else 'b'}.md")) for n, one in enumerate(old)]
    hit = next(one for one in compare(old, new, HOW) if one.metric.name == "hit@1")
    assert hit.verdict == "cannot tell"
    assert hit.difference.detectable is not None
    assert hit.difference.detectable > 0.2


def test_the_cost_of_an_arm_is_not_told_where_its_model_has_no_price() -> None:
    declined = unanswerable("1")
    priced = outcome(question("2"), reply=said(cost_usd=0.002))
    unpriced = outcome(question("2"), reply=said(cost_usd=None))
    assert values(declined, priced)["cost: per 1,000 questions"] == 1.0
    assert "cost: per 1,000 questions" not in values(declined, unpriced)
