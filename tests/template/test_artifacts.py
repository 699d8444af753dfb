"""The built functions, run in a Python that sees only what Lambda would see."""

from importlib import metadata
from typing import Any

import pytest

from tests.template.sam_build import built, run_in
from tests.template.sam_template import functions

pytestmark = pytest.mark.template

FORMATS = ("md", "txt", "html", "csv", "docx", "pptx", "xlsx", "eml", "pdf")
NOWHERE = "postgresql://nobody@127.0.0.1:9/none"


def in_lambda(function: str, script: str, *arguments: str) -> Any:
    return run_in(
        function,
        script,
        *arguments,
        AWS_DEFAULT_REGION="eu-central-1",
        FOOTNOTE_DATABASE_URL=NOWHERE,
        FOOTNOTE_MODEL_DIR=str(built() / "EmbeddingLayer/model"),
    )


@pytest.mark.parametrize("function", sorted(functions()))
def test_a_handler_is_imported_with_an_empty_environment(function: str) -> None:
    loaded = set(run_in(function, "handler_imports"))
    assert "handler" in loaded
    heavy = {"unstructured", "lxml", "onnx", "onnxruntime", "numpy", "PIL", "footnote.local"}
    heavy |= {"jsonschema", "re2"}
    assert not loaded & heavy


def test_every_module_of_the_package_finds_its_imports_in_the_layers() -> None:
    found = run_in("IngestFunction", "package_imports")
    assert "footnote.ingest" in found
    assert not {"footnote.cli", "footnote.local"} & set(found)


@pytest.mark.parametrize(
    ("function", "ports"),
    [
        ("IntakeFunction", "intake_ports"),
        ("IngestFunction", "delivery_ports"),
        ("ApiFunction", "api_ports"),
        ("StreamFunction", "question_ports"),
        ("ReconcileFunction", "reconcile_ports"),
    ],
)
def test_a_function_can_build_all_that_it_needs(function: str, ports: str) -> None:
    made = in_lambda(function, "ports", ports)
    assert made.lower() == ports.replace("_", "")


def test_what_is_deployed_tells_its_version() -> None:
    assert in_lambda("ApiFunction", "version") == metadata.version("footnote")


@pytest.mark.parametrize("function", ["IngestFunction", "ApiFunction"])
def test_the_layers_model_embeds_and_sees_what_is_alike(function: str) -> None:
    length, alike, different = in_lambda(function, "embed")
    assert length == 384
    assert alike > 0.6 > 0.3 > different


def test_every_client_of_aws_finds_its_service_model() -> None:
    assert {"s3", "sqs", "secretsmanager"} <= set(run_in("IngestFunction", "clients"))


def test_ingest_reads_every_format_with_what_is_in_its_layers() -> None:
    texts = run_in("IngestFunction", "parse")
    assert set(texts) == {f"a.{format_}" for format_ in FORMATS}
    for name, text in texts.items():
        assert "Hold the button for ten seconds" in text, name
