"""`footnote eval set import|build|list|show|export|split|check`: question sets with versions."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import (
    AsJson,
    KnowledgeBase,
    console,
    plain_table,
    print_error,
    print_json,
    print_text,
)
from footnote.cli.question_files import said
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.evaluation.question_set import Question, read_question_set
from footnote.evaluation.set_split import Leak, leaks
from footnote.evaluation.set_split import split as split_by_document
from footnote.evaluation.set_versions import SetFolder, SetVersion

LEAKED_STATUS = 3
_SHOWN = 10

Folder = Annotated[Path, typer.Option("--sets", file_okay=False, help="Where sets are kept.")]
SetName = Annotated[str, typer.Argument(help="Such as support, or support@3f2a for a version.")]
_SETS = Path("question-sets")


def import_set(
    questions: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    name: Annotated[str, typer.Option(help="What you call it.")],
    sets: Folder = _SETS,
    as_json: AsJson = False,
) -> None:
    """Keep a question set, of JSON lines or CSV, as the newest version of a name."""
    with said():
        kept = read_question_set(questions)
        tell_set(SetFolder(sets).add(name, kept), kept, as_json=as_json)


def build(
    name: Annotated[str, typer.Option(help="What you call it.")],
    knowledge_base: KnowledgeBase = "default",
    sets: Folder = _SETS,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make a set of what people asked and somebody said what is right for.

    That is a label of the page, a correction, or an answer that was found good.
    """
    with deployment(data_dir, DATABASE), said():
        from footnote import bootstrap
        from footnote.asked_questions import questions_of

        kept = questions_of(bootstrap.datasets().asked(KnowledgeBaseId(knowledge_base)))
        if not kept:
            message = (
                f"nobody labelled a question of {knowledge_base} yet, corrected an answer, or found"
                " a kept one good: label some on the page, below what was not answered"
            )
            raise UnprocessableError(message)
        tell_set(SetFolder(sets).add(name, kept), kept, as_json=as_json)


def list_sets(sets: Folder = _SETS, as_json: AsJson = False) -> None:
    """Show every version of every set, the newest of each first."""
    with said():
        found = SetFolder(sets).every()
    if as_json:
        print_json([named_set(one) for one in found])
        return
    if not found:
        print_text(f"There is no question set in {sets}; `footnote eval set import` keeps one.")
        return
    table = plain_table("set", "version", "questions", "file", whole=("set", "version"))
    for one in found:
        questions = one.path.read_bytes().count(b"\n")
        table.add_row(one.name, one.version, f"{questions:,}", str(one.path))
    console.print(table)


def show(named: SetName, sets: Folder = _SETS, as_json: AsJson = False) -> None:
    """Say what a set holds."""
    with said():
        found = SetFolder(sets).find(named)
        tell_set(found, read_question_set(found.path), as_json=as_json)


def export(named: SetName, sets: Folder = _SETS) -> None:
    """Print a set as JSON lines."""
    with said():
        typer.echo(SetFolder(sets).find(named).path.read_text(encoding="utf-8"), nl=False)


def split(
    named: SetName,
    held_out: Annotated[float, typer.Option(min=0.05, max=0.95, help="The share.")] = 0.3,
    seed: Annotated[int, typer.Option(help="Which documents are held out.")] = 20261125,
    together: Annotated[
        bool, typer.Option("--together", help="Keep questions that ask the same on one side.")
    ] = False,
    sets: Folder = _SETS,
    as_json: AsJson = False,
) -> None:
    """Make two sets that share no document: NAME-train and NAME-held-out.

    Status 3, and nothing is kept, where questions of the two ask the same in nearly the same words.
    """
    with said():
        folder = SetFolder(sets)
        found = folder.find(named)
        asked = read_question_set(found.path)
        parts = split_by_document(asked, held_out, seed, together=together)
        if not all(parts):
            message = f"{named} cannot be split: all its questions hang together by documents"
            raise UnprocessableError(message)
        _refuse(list(leaks(*parts)))
        names = (f"{found.name}-train", f"{found.name}-held-out")
        kept = [folder.add(name, part) for name, part in zip(names, parts, strict=True)]
    if as_json:
        print_json([named_set(one) for one in kept])
        return
    for one, part in zip(kept, parts, strict=True):
        tell_set(one, part, as_json=False)


def check(one: SetName, other: SetName, sets: Folder = _SETS) -> None:
    """Look for what leaks between two sets; status 3 where anything does."""
    with said():
        folder = SetFolder(sets)
        parts = [read_question_set(folder.find(named).path) for named in (one, other)]
        _refuse(list(leaks(*parts)))
    console.print("Nothing leaks.", highlight=False)


def _refuse(found: Sequence[Leak]) -> None:
    if not found:
        return
    print_error(f"{len(found)} pairs leak; leave out one of each, or split with --together:")
    for leak in found[:_SHOWN]:
        print_error(
            f"  {leak.one.question_id} and {leak.other.question_id} have {leak.shared}:"
            f" {leak.one.text[:80]!r}, {leak.other.text[:80]!r}"
        )
    raise typer.Exit(LEAKED_STATUS)


def named_set(one: SetVersion) -> dict[str, str]:
    """A version for programs."""
    return {"name": one.name, "version": one.version, "file": str(one.path)}


def tell_set(one: SetVersion, questions: Sequence[Question], *, as_json: bool) -> None:
    """What a version holds."""
    kinds = Counter(question.answerable for question in questions)
    counts = {
        "questions": len(questions),
        "answerable": kinds[True],
        "unanswerable": kinds[False],
        "documents": len({question.cluster for question in questions}),
    }
    if generated := sum(question.generated for question in questions):
        counts["generated"] = generated
    if as_json:
        print_json(named_set(one) | counts)
        return
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    print_text(f"{one.name}@{one.version}: {told}")
    print_text(f"  {one.path}", "dim")
