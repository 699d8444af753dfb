"""Unstructured stays slim: none of its readers loads or needs a heavy library."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.integration

HEAVY = "cv2 nltk onnxruntime pandas scipy sklearn spacy torch transformers unstructured_client"
READERS = "delimited html_page mail markdown_file pdf plain_text slides word workbook"
CODE = f"""
import sys
from importlib import import_module
import footnote.parsing
assert "unstructured" not in sys.modules, "the package alone must stay light"
for reader in {READERS.split()}:
    import_module("footnote.parsing.readers." + reader)
print(sorted(set({HEAVY.split()}) & set(sys.modules)))
import numba, os
print(numba.__spec__.origin, os.environ["DO_NOT_TRACK"], os.environ["SCARF_NO_ANALYTICS"])
"""


def test_reading_every_format_loads_nothing_heavy() -> None:
    command = [sys.executable, "-c", CODE]
    ran = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - our own code
    assert ran.stdout.splitlines() == ["[]", "None 1 1"]
