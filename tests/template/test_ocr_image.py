"""The ingest function as a container image: the same function, and files that exist."""

import re
from typing import Any

import pytest

from tests.template.sam_template import ROOT, functions, resource, template, variables

pytestmark = pytest.mark.template

DOCKERFILE = (ROOT / "functions/ingest/Dockerfile").read_text()


def zip_function() -> dict[str, Any]:
    return functions()["IngestFunction"]


def test_either_the_zip_or_the_image_is_deployed() -> None:
    blocks, conditions = template()["Resources"], template()["Conditions"]
    assert blocks["IngestFunction"]["Condition"] == "WithoutOcr"
    assert blocks["IngestWithOcrFunction"]["Condition"] == "WithOcr"
    assert blocks["IngestWithOcrWork"]["Condition"] == "WithOcr"
    assert conditions["WithOcr"] == {"Fn::Not": [conditions["WithoutOcr"]]}
    assert template()["Parameters"]["OcrImageUri"]["Default"] == ""


def test_the_image_is_the_same_function() -> None:
    image, shared = resource("IngestWithOcrFunction"), template()["Globals"]["Function"]
    same = ("Role", "MemorySize", "Timeout", "LoggingConfig")
    assert {name: image[name] for name in same} == {name: zip_function()[name] for name in same}
    assert image["Environment"]["Variables"] == variables("IngestFunction")
    assert image["Architectures"] == shared["Architectures"]
    assert image["TracingConfig"]["Mode"] == shared["Tracing"]


def test_the_image_takes_the_same_work() -> None:
    [source] = zip_function()["Events"].values()
    wanted = {**source["Properties"], "FunctionName": {"Ref": "IngestWithOcrFunction"}}
    wanted["EventSourceArn"] = wanted.pop("Queue")
    assert resource("IngestWithOcrWork") == wanted


def test_building_and_deploying_without_ocr_asks_for_no_image() -> None:
    # SAM takes the function for one to build an image for where it reads the plain word.
    assert resource("IngestWithOcrFunction")["PackageType"] == {"Fn::Select": [0, ["Image"]]}


def test_what_the_image_copies_exists_and_is_sent_to_the_builder() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    paths = [path.rstrip("/") for line in copied for path in line.split()]
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    assert "functions/ingest/handler.py" in paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [path for path in paths if f"!{path}" not in allowed] == []


def test_the_image_holds_what_the_layers_hold() -> None:
    [layers] = re.findall(r"for layer in (.+); do", DOCKERFILE)
    [copied] = re.findall(r"^COPY --from=build (.+) /opt/$", DOCKERFILE, re.MULTILINE)
    names = {layer["Ref"].removesuffix("Layer").lower() for layer in zip_function()["Layers"]}
    assert set(layers.split()) == names
    assert set(copied.split()) == {f"/layers/{name}/" for name in {*names, "runtime"}}


def test_the_image_runs_the_python_and_the_handler_of_the_other_functions() -> None:
    version = (ROOT / ".python-version").read_text().strip()
    bases = re.findall(r"^FROM python:([\d.]+)-slim-bookworm", DOCKERFILE, re.MULTILINE)
    assert bases == [version, version]
    assert f'CMD ["{template()["Globals"]["Function"]["Handler"]}"]' in DOCKERFILE
