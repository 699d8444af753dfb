"""`footnote keys create|list|rotate|revoke`: who may call the API."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.text import Text

from footnote.cli.money import budget
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson, console, plain_table, print_json
from footnote.domain.access import VISITOR_RATE, AccessKey, KeyKind, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId

KeyId = Annotated[str, typer.Argument(help="The key's first two parts, such as sk_Ab12Cd34Ef.")]


def create(
    name: Annotated[str, typer.Argument(help="What it is for, such as 'help widget'.")],
    publishable: Annotated[
        bool,
        typer.Option(
            "--publishable", help="For web pages, where all can read it: ask and search only."
        ),
    ] = False,
    knowledge_bases: Annotated[
        list[str] | None,
        typer.Option("--knowledge-base", "-k", help="Only this one; may be given several times."),
    ] = None,
    origins: Annotated[
        list[str] | None,
        typer.Option("--origin", help="Site whose pages may use it, as https://www.example.com."),
    ] = None,
    per_minute: Annotated[
        int | None,
        typer.Option("--requests-per-minute", min=1, help="Of all who use it together."),
    ] = None,
    per_visitor: Annotated[
        int | None,
        typer.Option(
            "--visitor-requests-per-minute",
            min=1,
            help=f"Of each address; {VISITOR_RATE} for a publishable key unless given.",
        ),
    ] = None,
    tokens: Annotated[
        int | None,
        typer.Option("--tokens-per-minute", min=1, help="That models read and write for it."),
    ] = None,
    daily_usd: Annotated[
        Decimal | None,
        typer.Option(parser=budget, metavar="USD", help="What its questions of one day may cost."),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make a key, and show it: the only time that it can be seen."""
    kind = KeyKind.PUBLISHABLE if publishable else KeyKind.SECRET
    default = VISITOR_RATE if publishable else None
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        text = bootstrap.access_keys().add(
            NewKey(
                kind=kind,
                name=name,
                knowledge_bases=tuple(KnowledgeBaseId(kb) for kb in knowledge_bases or ()),
                origins=tuple(origins or ()),
                limits=Limits(
                    requests_per_minute=per_minute,
                    visitor_requests_per_minute=per_visitor or default,
                    tokens_per_minute=tokens,
                    daily_usd=daily_usd,
                ),
            )
        )
    _show_text(text, as_json=as_json)


def list_keys(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show every key, without its secret."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        keys = bootstrap.access_keys().every()
    if as_json:
        print_json([_row(key) for key in keys])
        return
    if not keys:
        console.print("There are no keys yet; `footnote keys create NAME` makes one.")
        return
    table = plain_table("key", "for", "knowledge bases", "origins", "limits a minute", "state")
    for key in keys:
        row = _row(key)
        cells = (key.key_id, key.name, _list(row["knowledge_bases"]), _list(row["origins"]))
        table.add_row(*(Text(cell) for cell in cells), _rates(key.limits), str(row["state"]))
    console.print(table)


def rotate(
    key_id: KeyId,
    grace_hours: Annotated[
        float, typer.Option(min=0, max=24 * 90, help="How long the old secret is good for yet.")
    ] = 24,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Replace a key by one that permits the same; both are valid for a while."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        text = bootstrap.access_keys().rotate(key_id, timedelta(hours=grace_hours))
    _show_text(text, as_json=as_json)


def revoke(key_id: KeyId, data_dir: DataDir = None) -> None:
    """End a key at once."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        bootstrap.access_keys().revoke(key_id)
    console.print(f"{key_id} is no longer valid.", markup=False, highlight=False)


def _show_text(text: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"key": text})
        return
    console.print(text, markup=False, highlight=False, soft_wrap=True)
    console.print("Keep it now: it is shown once, and kept as a hash.", style="dim")


def _row(key: AccessKey) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "kind": key.kind,
        "name": key.name,
        "knowledge_bases": list(key.knowledge_bases),
        "origins": list(key.origins),
        **_told(key.limits),
        "created_at": key.created_at.isoformat(),
        "state": _state(key),
    }


def _state(key: AccessKey) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at and key.expires_at <= datetime.now(UTC):
        return f"expired {key.expires_at:%Y-%m-%d}"
    return f"until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else "valid"


def _told(limits: Limits) -> dict[str, Any]:
    told = asdict(limits)
    return told | {"daily_usd": None if limits.daily_usd is None else float(limits.daily_usd)}


def _list(names: list[str]) -> str:
    return ", ".join(names) or "all"


def _rates(limits: Limits) -> str:
    whole, visitor = limits.requests_per_minute, limits.visitor_requests_per_minute
    parts = [f"{whole}"] if whole else []
    parts += [f"{visitor} a visitor"] if visitor else []
    parts += [f"{limits.tokens_per_minute} tokens"] if limits.tokens_per_minute else []
    parts += [f"{limits.daily_usd} USD a day"] if limits.daily_usd else []
    return ", ".join(parts) or "no limit"
