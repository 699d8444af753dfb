"""Question sets as they are written, and mistakes with the line they stand in."""

import json
from pathlib import Path

import pytest

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.question_set import (
    Origin,
    Question,
    foreign,
    read_question_set,
    some_of_each_kind,
)

ROW = {"id": "q1", "question": " How long? ", "answers": ["30 days"], "answerable": True}
ROW |= {"gold_docs": ["guide/a.md", "b.md"], "gold_text": "30 days.", "other": {"is": "ignored"}}
READ = Question(
    question_id="q1",
    text="How long?",
    answers=("30 days",),
    gold_documents=("guide/a.md", "b.md"),
    gold_texts=("30 days.",),
    cluster="guide/a.md",
)
NEAR = {"question": "Why?", "answerable": False, "topic_doc": "a.md"}


def written(folder: Path, *lines: object, name: str = "qa.jsonl") -> Path:
    path = folder / name
    path.write_text(
        "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines)
    )
    return path


def test_a_line_is_a_question_with_what_a_right_reply_holds(tmp_path: Path) -> None:
    assert read_question_set(written(tmp_path, ROW, "", NEAR))[0] == READ


def test_a_question_about_a_document_that_does_not_answer_belongs_to_it(tmp_path: Path) -> None:
    (near,) = read_question_set(written(tmp_path, NEAR))
    assert (near.answerable, near.cluster, near.question_id) == (False, "a.md", "line-1")


def test_several_gold_texts_stand_for_the_one(tmp_path: Path) -> None:
    (read,) = read_question_set(written(tmp_path, ROW | {"gold_texts": ["one", " ", "two"]}))
    assert read.gold_texts == ("one", "two")


def test_a_csv_holds_the_same_with_lists_as_json_or_one_plain_value(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "id,question,answers,answerable,gold_docs,gold_text,note",
        'q1,"How long?",30 days,true,"[""guide/a.md"", ""b.md""]",30 days.,x',
        'q2,"Two\nlines?",,false,,,',
        name="set.csv",
    )
    first, second = read_question_set(path)
    assert first == READ
    assert (second.text, second.answerable, second.answers) == ("Two\nlines?", False, ())


def test_a_schema_is_an_object_on_a_line_and_in_a_cell(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["days"]}
    (line,) = read_question_set(written(tmp_path, ROW | {"output_schema": schema}))
    cell = json.dumps(schema).replace('"', '""')
    rows = ("question,answers,output_schema", f'How long?,30 days,"{cell}"', "Why?,so,")
    with_one, without = read_question_set(written(tmp_path, *rows, name="set.csv"))
    assert line.output_schema == with_one.output_schema == schema
    assert without.output_schema is None


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "qa.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(ROW).encode())
    assert read_question_set(path) == [READ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"question": "x"', "line 2: is no JSON"),
        ({"answers": ["x"]}, "line 2: question: Field required"),
        (ROW | {"question": "  "}, "line 2: question: String should have at least 1 character"),
        (ROW | {"answerable": "perhaps"}, "line 2: answerable: Input should be a valid boolean"),
        (ROW | {"gold_docs": [3]}, "line 2: gold_docs.0: Input should be a valid string"),
        ([1, 2], "line 2: Input should be a valid dictionary"),
        ({"question": "x"}, "line 2: needs answers, gold_docs or answerable"),
        (ROW, "id q1 stands 2 times"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: object, reason: str) -> None:
    path = written(tmp_path, ROW, line)
    with pytest.raises(UnprocessableError) as refused:
        read_question_set(path)
    assert str(refused.value).startswith(f"{path} is no question set, nothing was asked:")
    assert reason in str(refused.value)


def test_a_mistake_in_a_csv_is_told_with_the_line_of_the_file(tmp_path: Path) -> None:
    path = written(
        tmp_path, "question,answers", '"Two\nlines?",x', ",y", "fine,z", ",y", name="set.csv"
    )
    with pytest.raises(UnprocessableError, match=r"line 4: question(?s:.*)line 6: question"):
        read_question_set(path)


def test_all_mistakes_are_counted_and_the_first_five_told(tmp_path: Path) -> None:
    with pytest.raises(UnprocessableError, match=r"line 5: (?s:.*)and 2 more$"):
        read_question_set(written(tmp_path, *["{}"] * 7))


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00"])
def test_a_file_without_questions_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "qa.jsonl"
    path.write_bytes(content)
    with pytest.raises(UnprocessableError, match="question"):
        read_question_set(path)


def test_another_sets_questions_have_no_answer_here() -> None:
    (one,) = foreign([READ], "techqa")
    assert (one.question_id, one.cluster) == ("techqa/q1", "techqa/guide/a.md")
    assert (one.answerable, one.answers, one.gold_documents) == (False, (), ())
    assert one.origin is Origin.FOREIGN


def test_a_limit_takes_as_many_of_each_kind_evenly_from_the_whole_set() -> None:
    asked = [
        Question(question_id=str(number), text="x", answerable=number < 10) for number in range(13)
    ]
    chosen = [one.question_id for one in some_of_each_kind(asked, 5)]
    assert chosen == ["0", "2", "4", "6", "8", "10", "11", "12"]
    assert some_of_each_kind(asked, None) == asked
