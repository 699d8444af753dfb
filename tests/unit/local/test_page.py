"""The page works wherever it is served: at the root here, below a stage's name in an account."""

import re
from importlib.resources import files
from urllib.parse import urljoin

STAGE = "https://api.example/dev/"
PAGE = files("footnote.page")
SCRIPTS = {
    entry.name: entry.read_text(encoding="utf-8")
    for entry in PAGE.iterdir()
    if entry.name.endswith(".js")
}


def addresses() -> list[str]:
    html = PAGE.joinpath("index.html").read_text(encoding="utf-8")
    return re.findall(r'(?:href|src)="((?!data:|#)[^"]+)"', html)


def test_the_parts_of_the_page_are_below_its_own_address() -> None:
    parts = {f"{STAGE}page/{name}" for name in ("page.css", *SCRIPTS)}
    assert {urljoin(STAGE, address) for address in addresses()} == {
        *parts,
        f"{STAGE}openapi.json",
    }


def test_every_script_is_asked_for_at_once_rather_than_one_after_the_other() -> None:
    imported = {
        name for script in SCRIPTS.values() for name in re.findall(r' from "\./([^"]+)"', script)
    }
    assert imported | {"page.js"} == set(SCRIPTS)
    assert {f"page/{name}" for name in SCRIPTS} <= set(addresses())


def test_the_scripts_call_the_api_beside_their_own_folder() -> None:
    base = re.search(r'new URL\("([^"]+)", import\.meta\.url\)', SCRIPTS["api.js"])
    every = "\n".join(SCRIPTS.values())
    called = re.findall(r'[\("`](v1/[^"`$?]+)', every)
    assert base
    assert urljoin(f"{STAGE}page/api.js", base[1]) == STAGE
    assert set(called) == {
        f"v1/{name}" for name in ("ask/stream", "documents", "documents/", "documents/await")
    }


def test_nothing_is_inserted_as_html() -> None:
    every = "\n".join(SCRIPTS.values())
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", every)
