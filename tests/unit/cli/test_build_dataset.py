"""`footnote dataset build`: files that are malformed are told before anything is looked for."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from footnote.cli.application import app

SCHEMA = {"type": "object", "properties": {"days": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("schema", "example", "why"),
    [
        (SCHEMA, '{"question": "How long?"}', "line 1: output: Field required"),
        (SCHEMA, '{"question": "q", "output": 1, "quote": "x"}', "line 1: quote: Extra inputs"),
        (SCHEMA, "no JSON", "line 1: is no JSON"),
        (SCHEMA, "", "it is empty"),
        ({"type": "object", "if": {}}, '{"question": "q", "output": 1}', "is not supported"),
        ([], '{"question": "q", "output": 1}', "is no JSON schema: it has to be an object"),
    ],
)
def test_a_malformed_file_is_told_with_its_line(
    tmp_path: Path, schema: object, example: str, why: str
) -> None:
    form, examples = tmp_path / "schema.json", tmp_path / "examples.jsonl"
    form.write_text(json.dumps(schema))
    examples.write_text(example)
    words = ["dataset", "build", "bills", "--schema", str(form), "--examples", str(examples)]
    built = CliRunner().invoke(app, words)
    assert built.exit_code == 2
    assert why in " ".join(built.output.split())
