"""Citations with a changed fact never pass as verified, nearly all genuine ones do."""

from collections import Counter
from collections.abc import Iterable, Iterator

from footnote.answering.citations import cite
from footnote.answering.draft import read_draft
from footnote.domain.prompt import write_claim
from tests.citation_cases import OTHER_PASSAGE, SEED, Case, genuine, mutated
from tests.unit.answering.test_citations import passage


def verdict(case: Case) -> str:
    """`verified`, `unverified`, or the reason why the sentence was removed."""
    draft = read_draft(f"{case.sentence} {write_claim(case.number, case.quote)}")
    answer = cite(draft, [passage(case.passage), passage(OTHER_PASSAGE, rank=2)])
    return answer.citations[0].status if answer.citations else answer.removed[0]


def judged(cases: Iterable[Case]) -> list[tuple[Case, str]]:
    return [(case, verdict(case)) for case in cases]


def table(results: list[tuple[Case, str]]) -> Iterator[str]:
    """Rates by kind and language, for people to read (`pytest -s`)."""
    yield f"\nseed {SEED}, {len(results)} citations"
    for title in ("kind", "language"):
        groups: dict[str, Counter[str]] = {}
        for case, result in results:
            name = result if result in {"verified", "unverified"} else "removed"
            groups.setdefault(getattr(case, title), Counter())[name] += 1
        for group, counts in groups.items():
            total = counts.total()
            rates = "  ".join(
                f"{name} {counts[name] / total:7.2%}"
                for name in ("verified", "unverified", "removed")
            )
            yield f"{title:9}{group:12}{total:6}  {rates}"


def test_genuine_citations_are_verified() -> None:
    results = judged(genuine())
    print(*table(results), sep="\n")  # noqa: T201
    missed = [
        (case.sentence, case.quote, result) for case, result in results if result != "verified"
    ]
    assert len(results) >= 150
    assert len(missed) <= 0.02 * len(results), missed


def test_a_changed_number_date_name_negation_or_source_is_never_verified() -> None:
    results = judged(mutated())
    print(*table(results), sep="\n")  # noqa: T201
    passed = [
        (case.kind, case.sentence, case.quote) for case, result in results if result == "verified"
    ]
    assert {case.kind for case, _ in results} >= {
        "number",
        "date",
        "name",
        "negation",
        "source",
        "quote",
    }
    assert not passed
