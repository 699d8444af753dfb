"""The script of the widget is one small file that holds all modules, and nothing risky."""

import gzip
import re
from importlib.resources import files
from pathlib import Path

import pytest

from footnote.http.widget_script import widget_etag, widget_script

MOST_BYTES = 30_000
WIDGET = files("footnote.widget")
SOURCES = {
    entry.name: entry.read_text(encoding="utf-8")
    for folder in (WIDGET, WIDGET.joinpath("words"))
    for entry in folder.iterdir()
    if entry.name.endswith((".js", ".css"))
}
LANGUAGES = [entry.name for entry in WIDGET.joinpath("words").iterdir()]


def words(name: str) -> dict[str, str]:
    return dict(re.findall(r'^  (\w+): "([^"]*)",$', SOURCES[name], re.MULTILINE))


def made_in(script: str) -> list[str]:
    """The modules, in their order."""
    return re.findall(r"^const (\w+) = \(\(\) => \{$", script, re.MULTILINE)


def test_the_script_is_small() -> None:
    assert len(gzip.compress(widget_script().encode(), 6)) <= MOST_BYTES


def test_every_module_and_style_sheet_is_in_the_script_once() -> None:
    script = widget_script()
    for name, source in SOURCES.items():
        code = [line.strip() for line in source.splitlines() if line.endswith((";", ",", "}"))]
        longest = max(code, key=len).removeprefix("export ")
        assert script.replace('\\"', '"').count(longest) == 1, name
    assert len(made_in(script)) == len(set(made_in(script))) >= 20
    assert not re.findall(r"^(?:import|export) ", script, re.MULTILINE)


def test_a_module_stands_before_those_that_import_it() -> None:
    script = widget_script()
    for module in made_in(script):
        used = script.find(f"}} = {module};")
        assert used == -1 or script.index(f"const {module} = (() => {{") < used, module


def test_the_etag_is_one_that_a_browser_can_send_back() -> None:
    assert re.fullmatch(r'"[0-9a-f]{16}"', widget_etag())


def test_nothing_is_inserted_as_html_or_run_from_text() -> None:
    risky = (
        r"innerHTML|outerHTML|insertAdjacent|document\.write|setHTML|parseFromString|srcdoc"
        r"|eval\(|new Function|setTimeout\([\"'`]|\.style\b|createContextualFragment"
    )
    assert re.findall(risky, widget_script()) == []


def test_only_the_api_beside_the_script_is_called() -> None:
    script = widget_script()
    assert re.findall(r"\bfetch\(", script) == ["fetch("]
    assert set(re.findall(r'"(v1/[^"]+)"', script)) == {"v1/ask/stream", "v1/feedback"}
    assert re.findall(r"https?://[^\s\"'`]+", script) == ["http://www.w3.org/2000/svg"]


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_language_says_all_that_english_says(name: str) -> None:
    english, said = words("en.js"), words(name)
    assert list(said) == list(english)
    assert len(english) >= 40
    for key, text in english.items():
        assert said[key].count("{}") == text.count("{}"), key
        assert said[key].strip(), key
    code = name.removesuffix(".js")
    assert f'import {{ {code} }} from "./words/{name}";' in SOURCES["words.js"]


def test_the_documentation_names_every_attribute_property_and_event_and_no_other() -> None:
    page = (Path(__file__).parents[3] / "docs" / "widget.md").read_text(encoding="utf-8")
    said = re.findall(r'said\("(\w+)"\)', SOURCES["options.js"])
    attributes = {re.sub(r"[A-Z]", lambda sign: f"-{sign[0].lower()}", name) for name in said}
    assert set(re.findall(r"`data-([a-z-]+)`", page)) == attributes
    properties = set(re.findall(r"var\((--footnote-[a-z-]+)", widget_script()))
    assert set(re.findall(r"`(--footnote-[a-z-]+)`", page)) == properties
    events = set(re.findall(r'(?:#tell|tell\()\(?"(\w+)"', widget_script()))
    assert set(re.findall(r"`footnote:(\w+)`", page)) == events
