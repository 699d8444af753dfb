"""What the parser must never fall below: versions, switches and calls behind known attacks."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PARSING = ROOT / "shared/footnote/parsing"
LOCKED = {
    package["name"]: package.get("version", "")
    for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]
}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _sources() -> dict[str, str]:
    return {str(path.relative_to(PARSING)): path.read_text() for path in PARSING.rglob("*.py")}


def _with(*forbidden: str) -> list[str]:
    return [
        f"{name}: {word}" for name, text in _sources().items() for word in forbidden if word in text
    ]


def test_unstructured_is_past_its_external_entities_and_its_path_traversal() -> None:
    assert _numbers(LOCKED["unstructured"]) >= (0, 26, 1)


def test_pdfminer_is_not_shipped_or_past_the_code_in_its_character_maps() -> None:
    version = LOCKED.get("pdfminer-six")
    assert version is None or _numbers(version) >= (20251230,)


def test_openpyxl_finds_the_parser_that_refuses_entities() -> None:
    assert "defusedxml" in LOCKED
    from openpyxl.xml import DEFUSEDXML

    assert DEFUSEDXML


def test_nothing_that_fetches_models_or_trains_them_is_locked_for_the_parser() -> None:
    assert LOCKED.keys().isdisjoint({"torch", "unstructured-inference", "spacy", "onnx-runtime"})


@pytest.mark.parametrize(
    "name", ["DO_NOT_TRACK", "SCARF_NO_ANALYTICS", "UNSTRUCTURED_DISABLE_NOTICE"]
)
def test_unstructured_is_told_not_to_report_home_before_it_is_imported(name: str) -> None:
    code = (
        "import os, sys; from importlib.abc import MetaPathFinder\n"
        "class Seen(MetaPathFinder):\n"
        "    def find_spec(self, module, path, target=None):\n"
        f"        if module == 'unstructured': sys.exit(os.environ.get({name!r}))\n"
        "sys.meta_path.insert(0, Seen()); import footnote.parsing.readers.html_page"
    )
    env = {key: value for key, value in os.environ.items() if key != name}
    ran = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, check=False, env=env
    )
    assert ran.stderr.strip() == b"1"


def test_no_document_is_fetched_from_an_address_or_opened_by_an_office_program() -> None:
    assert _with("url=", "soffice", "libreoffice", "process_attachments=True") == []


def test_no_reader_decides_by_itself_which_of_all_formats_to_load() -> None:
    assert _with("partition.auto", "hi_res") == []


def test_no_parser_of_markup_may_reach_the_network_or_resolve_entities() -> None:
    assert _with("no_network=False", "resolve_entities=True", "load_dtd=True") == []


def test_no_reader_unpacks_an_archive_to_disk() -> None:
    assert _with(".extractall(", ".extract(", "unpack_archive") == []


def test_no_reader_unpickles_or_evaluates() -> None:
    assert _with("pickle", "marshal", " eval(", " exec(", "yaml.load(") == []
