"""The report: one page that needs nothing from elsewhere and takes no text for markup."""

import re
from html.parser import HTMLParser

import pytest

from footnote.domain.errors import SettingsError
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.evaluation import Evaluation, evaluation_of
from footnote.evaluation.interval_plots import shares
from footnote.evaluation.question_set import Origin, Question
from footnote.evaluation.report import check_installed, html_report
from tests.outcomes import RUN, cited, found, outcome, question, said

HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x"> {{ 7 * 7 }} "\' &amp;'


def evaluated(text: str = "How long?") -> Evaluation:
    """One of each fault, and a run before in which nothing was found."""
    own = Question(
        question_id="own", text=text, answers=(text,), gold_documents=(text,), cluster=text
    )
    hidden = outcome(own, found("b.md"), said(text, cited(text, verbatim=False)))
    near = outcome(question("near", answerable=False), found("a.md"), said(text))
    away = question("away", answerable=False, origin=Origin.FOREIGN)
    rest = [
        outcome(question(str(n), gold=(f"{n}.md",)), found(f"{n}.md"), said("x", cited(f"{n}.md")))
        for n in range(6)
    ]
    far = outcome(away, found("a.md", in_corpus=0.1), said(None, in_corpus=0.1))
    outcomes = [hidden, near, far, *rest]
    before = [outcome(one.question, found("z.md"), one.said) for one in outcomes]
    return evaluation_of(RUN, outcomes, before, Resampling(resamples=50))


class Page(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.fixture(scope="module")
def page() -> str:
    return html_report(evaluated(HOSTILE), HOSTILE)


def test_texts_of_strangers_are_never_markup(page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    tags = Page(page).tags
    assert not {"script", "img", "iframe", "object", "link"} & set(tags)


def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    loading = {"src", "srcset", "href", "xlink:href", "action", "data", "poster"}
    values = [value for name, value in Page(page).attributes if name in loading]
    assert [value for value in values if not value.startswith("#")] == []
    assert "@import" not in page
    assert [url for url in re.findall(r"url\(([^)]*)\)", page) if not url.startswith("#")] == []
    assert "default-src 'none'" in page


def test_plots_take_the_colours_of_the_page_in_light_and_dark(page: str) -> None:
    drawn = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawn) == 6
    for svg in drawn:
        assert "var(--ink)" in svg
        assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) == set()
    assert "prefers-color-scheme: dark" in page
    used, set_ = (set(re.findall(form, page)) for form in (r"var\((--[\w-]+)\)", r"(--[\w-]+):"))
    assert used <= set_


def test_ids_of_one_plot_are_not_those_of_another(page: str) -> None:
    ids = [
        set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', svg))
        for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    ]
    assert all(ids)
    assert sum(map(len, ids)) == len(set().union(*ids))


def test_each_kind_of_fault_is_listed_with_what_was_found_instead(page: str) -> None:
    for title in (
        "The right document was not found",
        "Answered, though the documents do not",
        "Quotes that do not stand in the document",
    ):
        assert title in page
    assert "b.md" in page
    assert "not found" in page


def test_the_same_figures_make_the_same_plot() -> None:
    measured = evaluated().measured
    assert shares(measured) == shares(measured)


def test_what_a_report_needs_and_lacks_is_told_before_anything_is_asked() -> None:
    check_installed()
    with pytest.raises(SettingsError, match=r"needs no_such_library: install `footnote\[eval"):
        check_installed(["jinja2", "no_such_library"])


def test_a_run_without_faults_says_so() -> None:
    fine = outcome(question(), found("a.md"), said("thirty days", cited("a.md")))
    told = html_report(evaluation_of(RUN, [fine], [], Resampling(resamples=50)), "fine")
    assert "no fault of any kind" in told
    assert "Fewer than 20 documents" in told
