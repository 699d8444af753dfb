"""Checkpoints of the registry, for people and for programs."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from footnote.cli.catalogue import SOON_DAYS, days_left
from footnote.cli.output import print_text
from footnote.domain.fine_tuning import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnote.postgres.checkpoints import AffectedDocument


def print_checkpoints(found: "Sequence[tuple[Checkpoint, Sequence[AffectedDocument]]]") -> None:
    """Each with its verdict, and what of its documents is there no more.

    Names of models are long: lines that a narrow terminal wraps, where a table would break words.
    """
    for one, _ in found:
        print_text(f"{one.name}: {one.state}{_judged(one)}", "bold")
        print_text(f"  of {one.base_model}, learned from {one.dataset}")
        if one.sunset is not None:
            soon = days_left(one.sunset) <= SOON_DAYS
            print_text(f"  serves until {one.sunset}", "red" if soon else None)
        if one.affected:
            print_text(
                f"  {one.affected} rows that it learned from show text that is there no more",
                "yellow",
            )
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
        return ", not judged yet"
    gain = one.verdict.get("gain")
    shown = f" ({gain:+.3f})" if isinstance(gain, float) else ""
    return f", judged: {one.verdict.get('decision')}{shown}"
