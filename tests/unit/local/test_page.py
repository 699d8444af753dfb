"""The page works wherever it is served: at the root here, below a stage's name in an account."""

import gzip
import re
from importlib.resources import files
from urllib.parse import urljoin

# Of all views together, so that a function serves it in no time.
MOST_BYTES = 60_000
STAGE = "https://api.example/dev/"
PAGE = files("footnote.page")
SUFFIXES = (".html", ".css", ".js")
SCRIPTS = {
    entry.name: entry.read_text(encoding="utf-8")
    for entry in PAGE.iterdir()
    if entry.name.endswith(".js")
}


def addresses() -> list[str]:
    html = PAGE.joinpath("index.html").read_text(encoding="utf-8")
    return re.findall(r'(?:href|src)="((?!data:|#)[^"]+)"', html)


def needed_by(*names: str) -> set[str]:
    """Scripts with all that they import before they run."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += re.findall(r' from "\./([^"]+)"', SCRIPTS[name])
    return found


def views_that_are_loaded_later() -> set[str]:
    return set(re.findall(r'import\("\./([^"]+)"\)', SCRIPTS["views.js"]))


def test_the_parts_of_the_page_are_below_its_own_address() -> None:
    parts = {f"{STAGE}page/{name}" for name in ("page.css", "console.css", *needed_by("page.js"))}
    assert {urljoin(STAGE, address) for address in addresses()} == {
        *parts,
        f"{STAGE}openapi.json",
    }


def test_every_script_is_asked_for_at_once_or_with_the_view_that_needs_it() -> None:
    later = views_that_are_loaded_later()
    assert later == {"unanswered.js", "usage.js", "keys.js"}
    assert needed_by("page.js", *later) == set(SCRIPTS)
    assert not later & needed_by("page.js")


def test_all_of_the_page_is_light() -> None:
    parts = [entry.read_bytes() for entry in PAGE.iterdir() if entry.name.endswith(SUFFIXES)]
    assert len(parts) == len(SCRIPTS) + 3
    assert sum(len(gzip.compress(part)) for part in parts) <= MOST_BYTES


def test_the_scripts_call_the_api_beside_their_own_folder() -> None:
    base = re.search(r'new URL\("([^"]+)", import\.meta\.url\)', SCRIPTS["api.js"])
    every = "\n".join(SCRIPTS.values())
    called = re.findall(r'[\("`](v1/[^"`$?]+)', every)
    assert base
    assert urljoin(f"{STAGE}page/api.js", base[1]) == STAGE
    assert set(called) == {
        f"v1/{name}"
        for name in (
            *("ask", "ask/stream", "feedback", "models", "usage", "keys", "keys/"),
            *("documents", "documents/", "documents/await"),
            *("questions/unanswered", "questions/unanswered/"),
        )
    }


def test_nothing_is_inserted_as_html() -> None:
    every = "\n".join(SCRIPTS.values())
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", every)
