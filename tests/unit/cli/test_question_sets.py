"""`footnote eval set`: versions by content, splits by document, leaks named by pairs."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from footnote.asked_questions import questions_of
from footnote.cli.application import app
from footnote.domain.dataset import AskedBefore
from footnote.evaluation.question_set import read_question_set
from footnote.evaluation.set_versions import set_name

TOPICS = ("invoice", "backup", "gateway", "licence", "printer", "voucher", "webhook", "archive")
ROWS: list[dict[str, Any]] = [
    {"id": f"{topic}-{n}", "question": f"what about {topic} {word}?", "answers": [f"{topic} {n}"]}
    | {"gold_docs": [f"{topic}.md"], "old_answers": ["before"], "gold_text": f"the {topic}"}
    for topic in TOPICS
    for n, word in enumerate((f"{topic}colour", f"{topic}weight", f"{topic}height"))
]


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    return tmp_path / "sets"


def kept(sets: Path, *rows: dict[str, Any], name: str = "support") -> dict[str, Any]:
    file = sets.parent / "qa.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    told: dict[str, Any] = json.loads(run(sets, "import", file, "--name", name, "--json").stdout)
    return told


def run(sets: Path, command: str, *arguments: object) -> Result:
    words = ["eval", "set", command, *map(str, arguments), "--sets", str(sets)]
    return CliRunner().invoke(app, words)


def test_the_same_questions_are_the_same_version_and_read_the_same(sets: Path) -> None:
    first, second = kept(sets, *ROWS), kept(sets, *ROWS[:3])
    assert kept(sets, *ROWS)["version"] == first["version"] != second["version"]
    assert (first["questions"], first["documents"]) == (24, 8)
    listed = json.loads(run(sets, "list", "--json").stdout)
    assert [one["version"] for one in listed] == [first["version"], second["version"]]
    file = sets.parent / "qa.jsonl"
    assert read_question_set(Path(first["file"])) == read_question_set(file)


def test_a_list_tells_how_many_questions_a_version_has_and_where_none_is(sets: Path) -> None:
    assert "`footnote eval set import` keeps one" in " ".join(run(sets, "list").output.split())
    kept(sets, *ROWS)
    assert run(sets, "list").output.splitlines()[1].split()[2] == "24"


def test_a_version_is_called_after_its_set_and_any_other_file_after_its_folder(sets: Path) -> None:
    version = kept(sets, *ROWS)
    assert set_name(Path(version["file"])) == f"support@{version['version'][:8]}"
    file = sets.parent / "qa.jsonl"
    assert set_name(file) == f"{sets.parent.name}/qa.jsonl"


def test_a_schema_stays_with_its_question(sets: Path) -> None:
    schema = {"type": "object"}
    kept_set = kept(sets, ROWS[0] | {"output_schema": schema}, *ROWS[1:3])
    read = read_question_set(Path(kept_set["file"]))
    assert [one.output_schema for one in read] == [schema, None, None]


def test_a_version_is_shown_and_exported_by_a_part_of_its_hash(sets: Path) -> None:
    old = kept(sets, *ROWS[:3])
    kept(sets, *ROWS)
    named = f"support@{old['version'][:6]}"
    assert json.loads(run(sets, "show", named, "--json").stdout)["questions"] == 3
    assert len(run(sets, "export", named).stdout.splitlines()) == 3
    assert len(run(sets, "export", "support").stdout.splitlines()) == 24


def test_a_split_shares_no_document_and_nothing_leaks(sets: Path) -> None:
    kept(sets, *ROWS)
    told = json.loads(run(sets, "split", "support", "--json").stdout)
    train, held = (read_question_set(Path(one["file"])) for one in told)
    assert {one.cluster for one in train}.isdisjoint({one.cluster for one in held})
    assert (len(train), len(held)) == (15, 9)
    assert run(sets, "check", "support-train", "support-held-out").exit_code == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("how is the printer tray emptied?", "the same words"),
        ("please, how is the printer tray emptied", "nearly the same words"),
    ],
)
def test_a_split_that_leaks_is_refused_with_its_pairs(sets: Path, words: str, why: str) -> None:
    asked = {"question": "how is the printer tray emptied?", "answers": ["x"]}
    # Each of its own document, so that a half of them cannot all be on one side.
    twins = [asked | {"id": "a", "gold_docs": ["a.md"]}]
    twins += [asked | {"id": "b", "question": words, "gold_docs": ["b.md"]}]
    kept(sets, *twins)
    result = run(sets, "split", "support", "--held-out", 0.5)
    assert result.exit_code == 3
    assert f"have {why}" in result.stderr
    assert "a and b" in result.stderr or "b and a" in result.stderr
    assert len(json.loads(run(sets, "list", "--json").stdout)) == 1


def test_questions_that_ask_the_same_are_kept_on_one_side_where_that_is_wanted(sets: Path) -> None:
    asked = "how is the printer tray emptied?"
    twins = [ROWS[0] | {"id": f"t{n}", "question": asked, "gold_docs": [f"{n}.md"]} for n in "ab"]
    kept(sets, *ROWS, *twins)
    for seed in range(8):
        told = run(sets, "split", "support", "--together", "--seed", seed, "--json")
        held = read_question_set(Path(json.loads(told.stdout)[1]["file"]))
        assert len({one.question_id for one in held} & {"ta", "tb"}) != 1
        assert told.exit_code == 0


def test_a_document_on_both_sides_is_a_leak(sets: Path) -> None:
    kept(sets, ROWS[0], name="one")
    kept(sets, ROWS[1], name="other")
    result = run(sets, "check", "one", "other")
    assert result.exit_code == 3
    assert "the document invoice.md" in result.stderr


def test_what_hangs_together_by_documents_is_not_split(sets: Path) -> None:
    kept(sets, *ROWS[:3])
    assert "cannot be split" in run(sets, "split", "support").stderr


@pytest.mark.parametrize(
    ("command", "why"), [("show none", "no question set none"), ("show ../x", "is no name")]
)
def test_what_is_not_there_is_refused(sets: Path, command: str, why: str) -> None:
    result = run(sets, *command.split())
    assert result.exit_code in (1, 2)
    assert why in result.stderr


def test_what_people_said_is_right_becomes_questions_and_declines_do_not() -> None:
    corrected = AskedBefore(question_id="c", text="How long?", correction="Thirty days.")
    good = AskedBefore(question_id="g", text="Where?", answer="There. [1]", quotes={1: "is there"})
    made = questions_of([corrected, good, AskedBefore(question_id="d", text="Who?")])
    assert [(one.question_id, one.answers, one.gold_texts) for one in made] == [
        ("c", ("Thirty days.",), ()),
        ("g", ("There.",), ("is there",)),
    ]
