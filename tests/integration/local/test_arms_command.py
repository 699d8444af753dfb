"""`footnote eval --arms` on a real Postgres and a simulated endpoint, whose models are scripts."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from footnote.answering.draft import DECLINE
from footnote.cli.application import app
from footnote.domain.model import Model, ModelKind
from footnote.evaluation.question_set import read_question_set
from footnote.postgres.connection import Database
from footnote.postgres.models import PostgresModels
from footnote.postgres.search_indexes import PostgresSearchIndexes
from tests.asking import KB
from tests.deployment_settings import settings_of_a_deployment
from tests.integration.local.test_tune_command import FORM, written
from tests.integration.postgres.test_passages import publish
from tests.integration.test_build_dataset import correct, record
from tests.new_process import forget_what_was_built
from tests.openai_test_server import ChatReply, OpenAITestServer

pytestmark = pytest.mark.integration
DOCUMENTS = 12
MODELS = ("test-model", "base-script", "tuned-script", "judge-script")
# What documents said before they were edited, which is what the tuned script remembers, and since.
OLD, NEW = "ten", "thirty"


def fact(number: int, days: str = NEW) -> str:
    return f"backups of vault{number:02} are retained for {days} days in archive{number:02}"


SCHEMA = {
    "type": "object",
    "properties": {"days": {"type": "string"}, "unit": {"enum": ["days", "weeks"]}},
    "required": ["days", "unit"],
}


def json_script(model: str, user: str) -> ChatReply:
    """The base script fills in the schema, the tuned one makes up a unit."""
    asked = int(re.findall(r"backups of vault(\d\d)", user)[-1])
    before, found, _ = user.partition(fact(asked))
    quote = {"passage": len(re.findall(r"<passage ", before)), "quote": found, "field": "/days"}
    output = {"days": NEW, "unit": "days" if model == "base-script" else "moons"}
    reply = {"answered": True, "output": output, "evidence": [quote] if found else []}
    return ChatReply(text=json.dumps(reply))


def model_script(request: dict[str, Any]) -> ChatReply:
    """A script in a model's place: with passages it quotes one, alone the tuned one remembers."""
    system, user = (message["content"] for message in request["messages"])
    if "You judge" in system:
        asked = user.partition("<answer>")[2]
        return ChatReply(text=json.dumps({"why": "so", "keeps": "They are" not in asked}))
    if "JSON schema" in system:
        return json_script(request["model"], user)
    if "passages" in system:
        asked = int(re.findall(r"backups of vault(\d\d)", user)[-1])
        before, found, _ = user.partition(fact(asked))
        place = len(re.findall(r"<passage ", before))
        return ChatReply(text=f'{found}. [{place}: "{found}"]' if found else DECLINE)
    remembers = request["model"] == "tuned-script"
    return ChatReply(text=f"They are retained for {OLD} days." if remembers else DECLINE)


@pytest.fixture(scope="module")
def filled(shared_database: Database) -> Database:
    with shared_database.transaction() as connection:
        connection.execute("insert into knowledge_base (kb) values (%s)", (KB,))
    PostgresSearchIndexes(shared_database, FORM).current(KB)
    for number in range(DOCUMENTS):
        publish(shared_database, f"{number:02}.md", [fact(number, OLD)])
        publish(shared_database, f"{number:02}.md", [fact(number)], tick=2)  # it was edited
    return shared_database


@pytest.fixture
def server() -> Iterator[OpenAITestServer]:
    with OpenAITestServer(chat=model_script, models=MODELS) as server:
        yield server


@pytest.fixture(autouse=True)
def deployed(filled: Database, postgres_url: str, server: OpenAITestServer) -> Iterator[None]:
    with filled.transaction() as connection:
        connection.execute("delete from model")
    PostgresModels(filled).add(
        Model(
            name="tuned",
            base_url=server.base_url,
            remote_name="tuned-script",
            kind=ModelKind.FINE_TUNED,
        )
    )
    PostgresModels(filled).add(
        Model(
            name="judge",
            base_url=server.base_url,
            remote_name="judge-script",
            input_price=Decimal(2),
            output_price=Decimal(10),
        )
    )
    with settings_of_a_deployment(
        filled,
        postgres_url,
        server.base_url,
        FOOTNOTE_GENERATION_BASE_URL=server.base_url,
        FOOTNOTE_GENERATION_MODEL="base-script",
    ):
        yield


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    rows = [
        {
            "question": f"how long are backups of vault{n:02} retained in archive{n:02}?",
            "answers": [f"{NEW} days"],
            "old_answers": [f"{OLD} days"],
            "gold_docs": [f"{n:02}.md"],
        }
        for n in range(DOCUMENTS)
    ]
    return written(tmp_path / "qa.jsonl", rows)


def run(*arguments: object) -> Result:
    forget_what_was_built()
    return CliRunner().invoke(app, ["eval", "-k", KB, *map(str, arguments)])


def figures(arm: dict[str, Any]) -> dict[str, float]:
    return {one["metric"]: one["value"] for one in arm["figures"]}


EVERY = "base,rag,fine-tuned,rag+fine-tuned,cascade"


def test_arms_are_asked_side_by_side_and_who_remembers_tells_the_old_fact(
    questions: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "help.run"
    asked = run(questions, "--arms", EVERY, "--fine-tuned", "tuned", "--run", kept, "--json")
    assert asked.exit_code == 0, asked.output
    arms = json.loads(asked.stdout)["arms"]
    assert {name: figures(arm)["contains the gold answer"] for name, arm in arms.items()} == {
        "base": 0,
        "rag": 1,
        "fine-tuned": 0,
        "rag+fine-tuned": 1,
        "cascade": 1,
    }
    old = {name: figures(arm)["tells an old fact"] for name, arm in arms.items()}
    assert old == {"base": 0, "rag": 0, "fine-tuned": 1, "rag+fine-tuned": 0, "cascade": 0}
    assert "hit@1" in figures(arms["rag"])
    assert "hit@1" not in figures(arms["base"])
    compared = {one["metric"]: one for one in arms["base"]["compared"]}
    assert compared["contains the gold answer"]["verdict"] == "worse"
    names = sorted(one.name for one in tmp_path.glob("help.*.run"))
    assert names == sorted(f"help.{name}.run" for name in arms)
    told = CliRunner().invoke(app, ["which", "--json", *(str(tmp_path / name) for name in names)])
    assert json.loads(told.stdout)["questions"] == DOCUMENTS


def test_people_get_a_table_and_a_page(
    questions: Path, tmp_path: Path, server: OpenAITestServer
) -> None:
    page, kept = tmp_path / "arms.html", tmp_path / "help.run"
    arguments = (questions, "--arms", "base,rag", "--run", kept, "--report", page, "--limit", 3)
    asked = run(*arguments)
    assert asked.exit_code == 0, asked.output
    assert "base less rag" in asked.stdout
    assert "<svg" in page.read_text()
    sent = len(server.requests)
    assert run(*arguments).exit_code == 0
    assert len(server.requests) == sent  # what was asked is kept


def test_answers_in_json_are_asked_for_with_their_schema_by_every_arm(
    questions: Path, tmp_path: Path, server: OpenAITestServer
) -> None:
    schema = written(tmp_path / "days.json", [SCHEMA])
    names = "base,rag,fine-tuned,rag+fine-tuned"
    some = ("--limit", 3, "--fine-tuned", "tuned", "--output-schema", schema)
    kept = tmp_path / "json.run"
    asked = run(questions, "--arms", names, *some, "--run", kept, "--json")
    assert asked.exit_code == 0, asked.output
    arms = json.loads(asked.stdout)["arms"]
    fits = {name: figures(arm)["fits the schema"] for name, arm in arms.items()}
    assert fits == {"base": 1, "rag": 1, "fine-tuned": 0, "rag+fine-tuned": 0}
    assert figures(arms["rag"])["contains the gold answer"] == 0  # "thirty" alone is in the JSON
    assert figures(arms["rag"])["share of the gold words"] == 1
    chats = [one.body for one in server.requests if one.path.endswith("/chat/completions")]
    assert all("json_schema" in one["response_format"] for one in chats)
    runs = [str(one) for one in tmp_path.glob("json.*.run")]
    told = json.loads(CliRunner().invoke(app, ["which", "--json", *runs]).stdout)
    (form,) = (one for one in told["behaviours"] if one["behaviour"] == "format")
    assert form["metric"] == "fits the schema"


@pytest.fixture
def judge(tmp_path: Path) -> list[object]:
    guide = tmp_path / "tone.txt"
    guide.write_text("Speak of backups, never of them.")
    return ["--judge", "judge", "--tone", guide]


def judged_by(server: OpenAITestServer) -> int:
    return sum(one.body.get("model") == "judge-script" for one in server.requests)


def test_a_judge_says_what_it_thinks_of_the_tone_under_its_name_and_at_its_cost(
    questions: Path, tmp_path: Path, server: OpenAITestServer, judge: list[object]
) -> None:
    kept = tmp_path / "tone.run"
    some = ("--arms", "rag,fine-tuned", "--fine-tuned", "tuned", "--limit", 3, "--run", kept)
    asked = run(questions, *some, *judge, "--json")
    assert asked.exit_code == 0, asked.output
    told = json.loads(asked.stdout)
    rag, tuned = (figures(told["arms"][name]) for name in ("rag", "fine-tuned"))
    (metric,) = (name for name in rag if name.endswith("as judge judges it"))
    assert (rag[metric], tuned[metric]) == (1, 0)
    assert rag["judging by judge, per 1,000 answers"] > 0
    assert (told["judge"]["verdicts"], told["judge"]["with_people"]) == (6, None)
    assert judged_by(server) == 6
    assert run(questions, *some, *judge).exit_code == 0
    assert judged_by(server) == 6  # verdicts are kept
    runs = [str(one) for one in tmp_path.glob("tone.*.run")]
    which = json.loads(CliRunner().invoke(app, ["which", "--json", *runs]).stdout)
    (tone,) = (one for one in which["behaviours"] if one["behaviour"] == "tone")
    assert tone["metric"] == metric


def test_a_judge_is_held_to_what_people_said(
    questions: Path, tmp_path: Path, judge: list[object]
) -> None:
    rows = [
        {"text": f"{how} kept, case {n}.", "label": label}
        for n, (how, label) in enumerate(
            [("Backups are", "yes"), ("They are", "no"), ("They are", "yes"), ("Backups are", "no")]
        )
    ]
    labels = written(tmp_path / "labels.jsonl", [*rows, {"text": "Backups!", "label": "yes"}])
    page = tmp_path / "arms.html"
    some = ("--arms", "rag", "--limit", 1, "--report", page)
    asked = run(questions, *some, *judge, "--hand-labels", labels)
    assert asked.exit_code == 0, asked.output
    words = " ".join(asked.stdout.split())
    assert "Of 5 texts that people labelled it agrees on 3, kappa 0.17" in words
    assert "1 it let pass and people did not, 1 the other way" in words
    assert "judge judged the tone of 6 texts, for 0.0" in page.read_text()


def test_what_two_models_answered_is_replayed_as_a_cascade(
    questions: Path, tmp_path: Path, server: OpenAITestServer
) -> None:
    for name in ("small", "large"):
        asked = run(
            questions, "--arms", "rag", "--model", "judge", "--run", tmp_path / f"{name}.run"
        )
        assert asked.exit_code == 0, asked.output
    sent = len(server.requests)
    names = [str(tmp_path / f"{name}.rag.run") for name in ("small", "large")]
    told = json.loads(CliRunner().invoke(app, ["eval", "cascade", *names, "--json"]).stdout)
    assert told["verdict"].startswith("cannot tell: 12 questions of 12 documents are too few")
    usd = told["dear_alone"]["usd"]
    assert usd > 0
    assert told["curve"]["usd"] == pytest.approx([usd, 2 * usd])  # all answers are verified
    assert told["curve"]["right"] == [1, 1]
    assert len(server.requests) == sent


def test_an_extract_in_place_of_a_model_is_no_answer_of_the_arm(
    questions: Path, server: OpenAITestServer
) -> None:
    server.models = ("test-model",)
    asked = run(questions, "--arms", "rag", "--json", "--limit", 2)
    assert asked.exit_code == 1
    assert json.loads(asked.stdout)["arms"]["rag"]["failed"] == 2
    assert "no model of the arm answered" in asked.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--arms", "rag,big"], "some of base, rag"),
        (["--arms", "fine-tuned"], "needs --fine-tuned"),
        (["--arms", "rag", "--model", "none"], "there is no model none"),
        (["--arms", "cascade"], "a cascade takes two models"),
        (["--arms", "rag", "--search-only"], "do not go with --arms"),
        (["--arms", "rag", "--output-schema", __file__], "is no JSON"),
        (["--arms", "rag", "--judge", "judge"], "go together"),
        (["--arms", "rag", "--judge", "none", "--tone", __file__], "there is no model none"),
        (["--judge", "judge", "--tone", __file__], "goes with --arms"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is(
    questions: Path, server: OpenAITestServer, arguments: list[str], why: str
) -> None:
    asked = run(questions, *arguments)
    assert asked.exit_code == 2
    assert why in " ".join(asked.output.replace("│", " ").split())
    assert server.requests == []


def test_a_set_is_built_of_what_people_corrected(filled: Database, tmp_path: Path) -> None:
    words = ["eval", "set", "build", "--name", "asked", "-k", KB, "--sets", str(tmp_path), "--json"]
    forget_what_was_built()
    nothing = CliRunner().invoke(app, words)
    assert nothing.exit_code == 2
    assert "nobody labelled a question" in nothing.stderr
    asked = correct(filled, 3, "After 23 minutes.")
    record(filled, "What is the weather on Mars?", status="declined")
    forget_what_was_built()
    built = json.loads(CliRunner().invoke(app, words).stdout)
    (question,) = read_question_set(Path(built["file"]))
    assert (question.question_id, question.answers) == (asked, ("After 23 minutes.",))
