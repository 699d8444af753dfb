"""What a cold start of the `api` function pays for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[3]
HEAVY = (
    "mcp_types",
    "boto3",
    "botocore.client",
    "openai",
    "unstructured",
    "numpy",
    "onnxruntime",
    "pydantic_settings",
    "aws_lambda_powertools.event_handler.appsync",
    "aws_lambda_powertools.utilities.data_classes.s3_event",
    "footnote.http.other_routes",
    "footnote.http.ports",
    "footnote.postgres.documents",
    "footnote.ask",
)
CODE = f"""
import gc, sys, handler
handler._api()
print([m for m in {HEAVY} if m in sys.modules], gc.isenabled(), gc.get_freeze_count() > 0)
"""


@pytest.mark.parametrize("key", ["", "none"])
def test_the_api_is_built_without_the_libraries_that_questions_may_not_need(key: str) -> None:
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT / "functions" / "api"),
        "FOOTNOTE_DATABASE_URL": "postgresql://nobody@localhost:1/nothing",
        "FOOTNOTE_EMBEDDING_API_KEY": key,
    }
    ran = subprocess.run(  # noqa: S603 our own code
        [sys.executable, "-c", CODE],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    # Garbage that questions make is collected; what was loaded is not looked through for it.
    assert ran.stdout.strip() == "[] True True", ran.stderr
