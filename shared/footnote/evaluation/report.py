"""An evaluation as one page of HTML that needs nothing from elsewhere."""

from collections.abc import Iterable
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.domain.errors import SettingsError
from footnote.evaluation.evaluation import Evaluation
from footnote.evaluation.measuring import Compared, Measured
from footnote.evaluation.presenting import changed, interval, shown
from footnote.evaluation.worst import faults, rank_of_gold

if TYPE_CHECKING:
    from jinja2 import Environment

_HEADLINE = (
    ("documents found", "hit@1"),
    ("documents found", "hit@5"),
    ("answers", "contains the gold answer"),
    ("citations", "quotes verbatim"),
    ("declining", "answerable, declined"),
    ("declining", "foreign, declined"),
    ("declining", "unanswerable, declined"),
    ("latency", "answered, p50"),
)
_NEEDED = ("jinja2", "matplotlib")
_PASSAGES_SHOWN = 3
_TEXT_SHOWN = 420


def html_report(evaluation: Evaluation, title: str) -> str:
    """The page; all texts are of strangers, and are escaped.

    Raises:
        SettingsError: the packages of the extra `evaluation` are not installed.
    """
    check_installed()
    from markupsafe import Markup

    from footnote.evaluation.plots import plots

    drawn = plots(evaluation.outcomes, evaluation.measured, evaluation.compared)
    templates = page_templates()
    templates.globals |= {"rank_of_gold": rank_of_gold, "passages_shown": _PASSAGES_SHOWN}
    templates.filters["by_group"] = _by_group
    templates.filters["shortened"] = shortened
    page = templates.get_template("report.html")
    return page.render(
        title=title,
        evaluation=evaluation,
        headline=_headline(evaluation),
        plots=[(plot, Markup(plot.svg)) for plot in drawn],  # noqa: S704 # nosec B704
        faults=faults(evaluation.outcomes),
    )


def page_templates() -> "Environment":
    """The templates of pages, which take no text for markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= {"shown": shown, "changed": changed, "interval": interval}
    return templates


def check_installed(needed: Iterable[str] = _NEEDED) -> None:
    """Say what is missing before anything is asked, rather than after.

    Raises:
        SettingsError: the packages of the extra `evaluation` are not installed.
    """
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        message = f"a report needs {' and '.join(missing)}: install `footnote[evaluation]`"
        raise SettingsError(message)


def _by_group[T: Measured | Compared](rows: Iterable[T]) -> list[tuple[str, list[T]]]:
    """In the order in which the groups come."""
    return [(name, list(some)) for name, some in groupby(rows, lambda one: one.metric.group)]


def _headline(evaluation: Evaluation) -> list[Measured]:
    known = {(one.metric.group, one.metric.name): one for one in evaluation.measured}
    return [known[name] for name in _HEADLINE if name in known]


def shortened(text: str, length: int = _TEXT_SHOWN) -> str:
    """The beginning of a text, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"
