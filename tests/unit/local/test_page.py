"""The page works wherever it is served: at the root here, below a stage's name in an account."""

import gzip
import re
from importlib.resources import files
from urllib.parse import urljoin

from footnote.http.pages import page_parts

# Of all views together, compressed: a function serves it in no time, also without compression.
MOST_BYTES = 60_000
STAGE = "https://api.example/dev/"
SCRIPTS = {
    entry.name: entry.read_text(encoding="utf-8")
    for entry in files("footnote.page").iterdir()
    if entry.name.endswith(".js")
}


def test_the_parts_of_the_page_are_below_its_own_address() -> None:
    addresses = re.findall(r'(?:href|src)="((?!data:|#)[^"]+)"', page_parts()["index.html"])
    assert {urljoin(STAGE, address) for address in addresses} == {
        f"{STAGE}{name}" for name in ("page/page.css", "page/page.js", "openapi.json")
    }


def test_one_script_holds_every_module_and_asks_for_no_other() -> None:
    script = page_parts()["page.js"]
    for name in SCRIPTS:
        assert f"const page_{name.removesuffix('.js')} = " in script
    assert not re.findall(r"^(?:import|export)\b|\bimport\(", script, re.MULTILINE)


def test_all_of_the_page_is_light() -> None:
    parts = page_parts().values()
    assert 20_000 < sum(len(gzip.compress(part.encode())) for part in parts) <= MOST_BYTES


def test_the_scripts_call_the_api_beside_their_own_folder() -> None:
    base = re.search(r'new URL\("([^"]+)", import\.meta\.url\)', SCRIPTS["api.js"])
    every = "\n".join(SCRIPTS.values())
    called = re.findall(r'[\("`](v1/[^"`$?]+)', every)
    assert base
    assert urljoin(f"{STAGE}page/page.js", base[1]) == STAGE
    assert set(called) == {
        f"v1/{name}"
        for name in (
            *("ask", "ask/stream", "feedback", "models", "usage", "keys", "keys/"),
            *("documents", "documents/", "documents/await"),
            *("questions/unanswered", "questions/unanswered/", "golden", "golden/"),
            *("questions", "questions/", "search"),
        )
    }


def test_nothing_is_inserted_as_html() -> None:
    every = "\n".join(SCRIPTS.values())
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", every)
