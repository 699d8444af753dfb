"""Checkpoints of the registry, for people and for programs."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from footnote.cli.catalogue import SOON_DAYS, days_left
from footnote.cli.output import console, plain_table, print_text
from footnote.domain.fine_tuning import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnote.postgres.checkpoints import AffectedDocument


def print_checkpoints(found: "Sequence[tuple[Checkpoint, Sequence[AffectedDocument]]]") -> None:
    """Each with its verdict, and what of its documents is there no more."""
    heads = ("checkpoint", "of", "learned from", "judged", "state", "until", "affected")
    table = plain_table(*heads, whole=("checkpoint", "until"))
    for one, _ in found:
        until = "" if one.sunset is None else str(one.sunset)
        soon = one.sunset is not None and days_left(one.sunset) <= SOON_DAYS
        table.add_row(
            Text(one.name),
            Text(one.base_model),
            Text(one.dataset),
            Text(_judged(one)),
            one.state,
            Text(until, style="red" if soon else ""),
            Text(f"{one.affected} rows" if one.affected else "", style="yellow"),
        )
    console.print(table)
    for one, documents in found:
        for document in documents:
            how = "was deleted" if document.deleted else "changed"
            print_text(f"{one.name}: {document.key} {how}; {document.rows} rows show it.", "yellow")


def checkpoint_json(one: Checkpoint, documents: "Sequence[AffectedDocument]") -> dict[str, Any]:
    """One for programs."""
    return {
        "checkpoint": one.name,
        "base_model": one.base_model,
        "provider": one.provider,
        "remote_name": one.remote_name,
        "dataset": one.dataset,
        "prompt_version": one.prompt_version,
        "metrics": dict(one.metrics),
        "sunset": one.sunset.isoformat() if one.sunset else None,
        "state": one.state,
        "verdict": dict(one.verdict) if one.verdict else None,
        "affected": one.affected,
        "of_deleted_documents": one.gone,
        "affected_documents": [asdict(document) for document in documents],
        "created_at": one.created_at.isoformat(),
    }


def _judged(one: Checkpoint) -> str:
    if one.verdict is None:
        return ""
    gain = one.verdict.get("gain")
    shown = f" ({gain:+.3f})" if isinstance(gain, float) else ""
    return f"{one.verdict.get('decision')}{shown}"
