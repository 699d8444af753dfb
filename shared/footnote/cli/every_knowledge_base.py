"""`footnote kb list|remove`: which knowledge bases there are, and the end of one."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from footnote.cli.documents import UNFINISHED
from footnote.cli.operations import BUCKET, DATABASE, DataDir, deployment
from footnote.cli.output import (
    AsJson,
    api_errors,
    console,
    errors,
    plain_table,
    print_error,
    print_json,
    print_text,
)
from footnote.cli.question_files import said
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError

if TYPE_CHECKING:
    from footnote.copy_ports import CopyPorts

_DOCUMENTS = "documents"


def list_knowledge_bases(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show every knowledge base, since when it is there, and how many documents it has."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        found = bootstrap.knowledge_bases().with_documents()
    if as_json:
        print_json(
            [
                {"knowledge_base": kb, "created_at": since.isoformat(), _DOCUMENTS: documents}
                for kb, since, documents in found
            ]
        )
        return
    if not found:
        print_text("There is no knowledge base yet; `footnote add` begins one.")
        return
    table = plain_table("knowledge base", "since", _DOCUMENTS, whole=("since",))
    for kb, since, documents in found:
        table.add_row(Text(kb), f"{since:%Y-%m-%d}", f"{documents:,}")
    console.print(table)


def remove(
    name: Annotated[str, typer.Argument(help="The knowledge base.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    timeout_s: Annotated[
        float, typer.Option("--timeout", min=0, help="Seconds to wait for the index.")
    ] = 600,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Delete every document of a knowledge base from the bucket, then the knowledge base.

    What was asked there stays in the ledger as long as questions do. One that has golden questions,
    data sets or the like is not touched. Status 1 where the index has not noticed in time.
    """
    kb = KnowledgeBaseId(name)
    with deployment(data_dir, DATABASE, BUCKET), said(), api_errors():
        from footnote import bootstrap
        from footnote.remove_knowledge_base import held_keys, remove_knowledge_base

        ports = bootstrap.copy_ports()
        objects = len(held_keys(kb, ports))
        _check(kb, objects)
        asked = f"Delete {objects:,} objects of {kb} from the bucket, and all that is known of it?"
        if not yes and not typer.confirm(asked, err=as_json):
            raise typer.Exit(1)
        understood = not _on_their_way(kb, ports)
        with errors.status(f"removing {kb}"):
            ended = remove_knowledge_base(kb, ports, timeout_s, understood=understood)
    if as_json:
        print_json({"knowledge_base": kb, "objects": objects, "removed": ended})
    elif ended:
        print_text(f"{kb} is removed, with {objects:,} objects.")
    if not ended:
        print_error(
            f"The objects of {kb} are deleted, but the index has not noticed all of it after"
            f" {timeout_s:g} seconds: the same command goes on."
        )
        raise typer.Exit(1)


def _check(kb: KnowledgeBaseId, objects: int) -> None:
    """That there is something to remove, and nothing that would be lost with it unasked.

    Raises:
        NotFoundError: there is no such knowledge base.
        UnprocessableError: it has more than documents.
    """
    from footnote import bootstrap

    known = bootstrap.knowledge_bases()
    if not objects and known.since(kb) is None:
        message = f"there is no knowledge base {kb}: `footnote kb list` shows them"
        raise NotFoundError(message)
    has = [what for what in known.what_it_has(kb) if what != _DOCUMENTS]
    if has:
        message = f"{kb} has {', '.join(has)} of its own: remove these first; nothing was deleted"
        raise UnprocessableError(message)


def _on_their_way(kb: KnowledgeBaseId, ports: "CopyPorts") -> bool:
    return any(one["status"] in UNFINISHED for one in ports.api.documents(kb))
