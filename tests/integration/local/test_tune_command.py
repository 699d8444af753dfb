"""`footnote tune retrieval` as a person and as a program sees it, against a real Postgres."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from footnote.cli.application import app
from footnote.domain.fusion import DEFAULT_WEIGHTS, Fitted, Weights
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.postgres.connection import Database
from footnote.postgres.fitted import PostgresFitted
from footnote.postgres.search_indexes import PostgresSearchIndexes
from tests.asking import KB
from tests.deployment_settings import settings_of_a_deployment
from tests.integration.postgres.test_passages import publish
from tests.new_process import forget_what_was_built
from tests.openai_test_server import OpenAITestServer

pytestmark = pytest.mark.integration
FORM = IndexForm(model="test-model/384", dimension=384)
DOCUMENTS = 30
EARLIER: Weights = (0.5, 0.25, 0.25)


def topic(number: int) -> str:
    return f"subject{number:02} theme{number:02} matter{number:02}"


@pytest.fixture(scope="module")
def filled(shared_database: Database) -> Database:
    """A knowledge base that was embedded by the model of an endpoint."""
    with shared_database.transaction() as connection:
        connection.execute("insert into knowledge_base (kb) values (%s)", (KB,))
    PostgresSearchIndexes(shared_database, FORM).current(KB)
    for number in range(DOCUMENTS):
        publish(shared_database, f"{number:02}.md", [f"{topic(number)} is described here"])
    return shared_database


@pytest.fixture
def fitted(filled: Database) -> PostgresFitted:
    return PostgresFitted(filled)


@pytest.fixture
def index(filled: Database) -> SearchIndex:
    return PostgresSearchIndexes(filled, FORM).active(KB)


@pytest.fixture(autouse=True)
def deployed(
    filled: Database, postgres_url: str, fitted: PostgresFitted, index: SearchIndex
) -> Iterator[None]:
    with (
        OpenAITestServer() as server,
        settings_of_a_deployment(filled, postgres_url, server.base_url),
    ):
        yield
        fitted.write(index, Fitted())


def run(*arguments: str | Path) -> Result:
    forget_what_was_built()  # each command is a process of its own
    return CliRunner().invoke(app, ["tune", "retrieval", "-k", KB, *map(str, arguments)])


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return written(tmp_path / "qa.jsonl", [plain(number) for number in range(32)])


def plain(number: int) -> dict[str, Any]:
    right = number % DOCUMENTS
    return {"question": f"is {topic(right)} described here?", "gold_docs": [f"{right:02}.md"]}


@pytest.fixture
def away(tmp_path: Path) -> Path:
    rows = [{"question": f"chess olympiad {n}?", "answers": ["x"]} for n in range(32)]
    return written(tmp_path / "chess" / "qa.jsonl", rows)


def test_a_table_says_what_was_judged_and_what_was_done(
    questions: Path, away: Path, fitted: PostgresFitted, index: SearchIndex
) -> None:
    result = run(questions, "--foreign", away)
    assert result.exit_code == 0, result.output
    assert "Seed 20261125" in result.stdout
    assert "32 answerable questions of 30 documents, 32 that they do not answer" in result.stdout
    assert "Weights: no gain in MRR is shown, the default stays." in result.stdout
    assert "Calibration: written" in result.stdout
    kept = fitted.read(index)
    assert (kept.weights, len(kept.calibration or ())) == (None, 5)


def test_programs_get_the_same_and_a_dry_run_writes_nothing(
    questions: Path, away: Path, fitted: PostgresFitted, index: SearchIndex
) -> None:
    result = run(questions, "--foreign", away, "--dry-run", "--json", "--seed", "7")
    told = json.loads(result.stdout)
    assert (told["seed"], told["dry_run"], told["questions"]) == (7, True, 32)
    assert told["weights"]["default"] == list(DEFAULT_WEIGHTS)
    assert [one["metric"] for one in told["weights"]["figures"]] == ["MRR", "hit@1", "hit@5"]
    assert told["calibration"]["better"]
    assert told["before"] == told["after"] == {"weights": None, "calibration": None}
    assert fitted.read(index) == Fitted()
    assert "would be written" in run(questions, "--foreign", away, "--dry-run").stdout


def test_reset_goes_back_to_the_defaults_and_says_from_what(
    fitted: PostgresFitted, index: SearchIndex
) -> None:
    fitted.write(index, Fitted(weights=EARLIER))
    dry = run("--reset", "--dry-run")
    assert "would take the place of weights 0.5 / 0.25 / 0.25" in dry.stdout
    assert fitted.read(index).weights == EARLIER
    assert "the defaults take the place" in run("--reset").stdout
    assert fitted.read(index) == Fitted()
    assert "Nothing was fitted to help" in run("--reset").stdout


def test_too_few_questions_are_status_1_and_say_what_is_needed(tmp_path: Path) -> None:
    few = written(tmp_path / "few.jsonl", [plain(number) for number in range(5)])
    result = run(few)
    assert result.exit_code == 1
    assert "tuning needs 30 answerable questions" in result.stderr
    assert "these are 5, made from 5" in result.stderr


def test_a_malformed_set_is_status_2_and_names_the_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"question": "why?", "answers": ["x"]}\n{"question": \n')
    result = run(broken)
    assert (result.exit_code, "line 2: is no JSON" in result.stderr) == (2, True)


@pytest.mark.parametrize("told", [[], ["--reset", "QUESTIONS"]])
def test_a_set_or_reset_is_needed_and_not_both(told: list[str], questions: Path) -> None:
    result = run(*(questions if one == "QUESTIONS" else one for one in told))
    assert result.exit_code == 2
    assert "give a question set, or --reset" in result.stderr


def test_a_model_that_is_down_is_one_line(questions: Path) -> None:
    os.environ["FOOTNOTE_EMBEDDING_BASE_URL"] = "http://127.0.0.1:9/v1"
    result = run(questions)
    assert result.exit_code == 1
    assert "cannot be reached" in result.stderr
    assert "Traceback" not in result.output


def test_without_numpy_it_says_which_extra_is_missing(
    questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("footnote.cli.tune.find_spec", lambda _: None)
    result = run(questions)
    assert result.exit_code == 1
    assert "the extra `evaluation`" in result.stderr
