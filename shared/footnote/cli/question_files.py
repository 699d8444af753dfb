"""Question sets and schemas as files that commands take, and what is said of a malformed one."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from footnote.answering.json_schema import Schema
from footnote.cli.output import print_error
from footnote.domain.errors import FootnoteError, InvalidRequestError, UnprocessableError
from footnote.evaluation.question_set import (
    Question,
    foreign,
    read_question_set,
    some_of_each_kind,
)

MALFORMED_STATUS = 2

ForeignSets = Annotated[
    list[Path] | None,
    typer.Option(
        "--foreign",
        exists=True,
        dir_okay=False,
        help="Another subject's question set: its questions are to be declined.",
    ),
]
OutputSchema = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="JSON schema of the answers to questions that have none of their own.",
    ),
]


@contextmanager
def said() -> Iterator[None]:
    """End in words: status 2 where a file is not what it should be, 1 for all else."""
    try:
        yield
    except UnprocessableError as error:
        print_error(str(error))
        raise typer.Exit(MALFORMED_STATUS) from error
    except FootnoteError as error:
        print_error(str(error))
        raise typer.Exit(1) from error
    except OSError as error:
        print_error(f"{error.filename}: {error.strerror}")
        raise typer.Exit(1) from error


def question_sets(
    own: Path,
    foreign_sets: Sequence[Path],
    limit: int | None = None,
    output_schema: Path | None = None,
) -> list[Question]:
    """A set, and others as foreign ones; of each kind and set `limit` at most.

    `output_schema` is of those that have none of their own.

    Raises:
        UnprocessableError: a file is malformed, or a schema is not taken.
    """
    asked = some_of_each_kind(read_question_set(own), limit)
    for path in foreign_sets:
        asked += foreign(some_of_each_kind(read_question_set(path), limit), path.parent.name)
    if output_schema:
        schema = read_schema(output_schema)
        asked = [
            replace(one, output_schema=schema) if one.output_schema is None else one
            for one in asked
        ]
    for one in asked:
        if one.output_schema is not None:
            _check_schema(one.output_schema, f"{own}, question {one.question_id}")
    return asked


def read_schema(path: Path) -> dict[str, Any]:
    """The JSON schema in a file, with its references written out.

    Raises:
        UnprocessableError: it is none, or not taken; says where.
    """
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        message = f"{path} is no JSON: {error}"
        raise UnprocessableError(message) from error
    if not isinstance(read, dict):
        message = f"{path} is no JSON schema: it has to be an object"
        raise UnprocessableError(message)
    return dict(_check_schema(read, str(path)))


def _check_schema(schema: Schema, where: str) -> Schema:
    from footnote.answering.output_schema import checked_schema

    try:
        return checked_schema(schema)
    except InvalidRequestError as error:
        message = f"{where}: {error}"
        raise UnprocessableError(message) from error
