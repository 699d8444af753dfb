"""The page works wherever it is served: at the root here, below a stage's name in an account."""

import re
from importlib.resources import files
from urllib.parse import urljoin

STAGE = "https://api.example/dev/"


def part(name: str) -> str:
    return files("footnote.page").joinpath(name).read_text(encoding="utf-8")


def test_the_parts_of_the_page_are_below_its_own_address() -> None:
    addresses = re.findall(r'(?:href|src)="((?!data:|#)[^"]+)"', part("index.html"))
    assert [urljoin(STAGE, address) for address in addresses] == [
        f"{STAGE}page/page.css",
        f"{STAGE}page/page.js",
        f"{STAGE}openapi.json",
    ]


def test_the_script_calls_the_api_beside_its_own_folder() -> None:
    script = part("page.js")
    base = re.search(r'new URL\("([^"]+)", import\.meta\.url\)', script)
    calls = re.findall(r'\b(?:call|post)\(["`]([^"`$?]+)', script)
    assert base
    assert {urljoin(urljoin(f"{STAGE}page/page.js", base[1]), path) for path in calls} == {
        f"{STAGE}v1/{name}" for name in ("ask", "search", "documents", "documents/")
    }
