"""What `make sam-local` rests on; itself it needs containers, so it is no part of these tests."""

import json
from pathlib import Path

import pytest

from tests.sam_local.derived import ROOT
from tests.sam_local.engine import NotRunError, find_gateway
from tests.sam_local.events import EXPECTED

pytestmark = pytest.mark.template


def test_every_event_says_what_it_has_to_answer() -> None:
    assert set(EXPECTED) == {path.name for path in (ROOT / "events").glob("*.json")}


def test_without_an_engine_nothing_counts_as_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'none.sock'}")
    with pytest.raises(NotRunError, match="No such file"):
        find_gateway()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_error_of_the_function_never_passes(name: str) -> None:
    error = json.dumps({"errorType": "Runtime.ExitError", "errorMessage": "broken"})
    assert EXPECTED[name].wrong(error)
    assert EXPECTED[name].wrong("")
