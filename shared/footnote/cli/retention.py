"""`footnote retention` and `footnote conversations delete`: what is kept of questions."""

from dataclasses import asdict
from typing import Annotated

import typer

from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import (
    DEFAULT_API_URL,
    ApiUrl,
    AsJson,
    api_errors,
    print_json,
    print_text,
)
from footnote.client import ApiClient
from footnote.domain.retention import Forgotten, Kept


def retention(
    purge: Annotated[
        bool, typer.Option("--purge", help="Forget now what the next hour would forget.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Say what is kept of questions, and what is older than FOOTNOTE_RETENTION_DAYS."""
    forgotten = Forgotten()
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap
        from footnote.retention import forget

        ports = bootstrap.retention_ports()
        if purge:
            forgotten = forget(ports)
        kept = bootstrap.retention().kept(ports.days)
    if as_json:
        oldest = kept.oldest.isoformat() if kept.oldest else None
        told = {"days": ports.days, "forgotten": asdict(forgotten)}
        print_json(told | asdict(kept) | {"oldest": oldest})
        return
    if purge:
        print_text(f"Forgotten: {forgotten.questions:,} questions.")
    for line in _lines(kept, ports.days):
        print_text(line)


def delete_conversation(
    conversation_id: Annotated[str, typer.Argument(help="The conversation_id of its replies.")],
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Forget a conversation: its questions, and what was said and kept of them."""
    with api_errors():
        reply = ApiClient(api).forget_conversation(conversation_id)
    if as_json:
        print_json(reply)
    else:
        kept = reply["kept_answers"]
        print_text(f"Forgotten: {reply['questions']:,} questions and {kept:,} kept answers.")


def _lines(kept: Kept, days: int) -> list[str]:
    oldest = f", the oldest of {kept.oldest:%Y-%m-%d}" if kept.oldest else ""
    return [
        f"Questions: {kept.questions:,}{oldest}; {kept.overdue:,} are older than {days} days.",
        f"Feedback to {kept.feedback:,} of them; {kept.answers:,} answers kept.",
        f"Known as sums only: {kept.summed:,} questions.",
    ]
