"""`footnote cost`: what a deployment costs in a month, by measured work and published prices."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from footnote.cli.amounts import finite
from footnote.cli.bills import Asked, bill_json, every_preset, presets_json, show, show_presets
from footnote.cli.money import price
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson, print_error, print_json
from footnote.costs.bill import Tariff
from footnote.costs.deployment import DatabaseKind, Deployment
from footnote.costs.measured import MEASURED, read_measured
from footnote.costs.prices import PRICES, read_prices
from footnote.costs.seen import Seen, seen_traffic, with_what_is_held
from footnote.costs.traffic import PRESETS, Traffic
from footnote.domain.errors import SettingsError


def cost(
    questions: Annotated[
        float | None, typer.Option(callback=finite, min=0, help="Questions in a day.")
    ] = None,
    documents: Annotated[int | None, typer.Option(min=0, help="Documents that are held.")] = None,
    changed: Annotated[
        int | None,
        typer.Option(min=0, help="Documents that are new or changed in a month; else a tenth."),
    ] = None,
    preset: Annotated[
        str | None, typer.Option(metavar="|".join(PRESETS), help="Traffic to begin with.")
    ] = None,
    from_ledger: Annotated[
        bool, typer.Option("--from-ledger", help="This deployment's own traffic, from Postgres.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=366, help="So many days of it.")] = 30,
    database: Annotated[
        DatabaseKind | None, typer.Option(help="As the parameter Database; else both.")
    ] = None,
    by_model: Annotated[
        float | None,
        typer.Option(
            callback=finite,
            min=0,
            max=1,
            help="Share of the questions that a model answers; 0: extracts.",
        ),
    ] = None,
    input_price: Annotated[
        Decimal | None,
        typer.Option(parser=price, metavar="USD", help="The model's, for a million tokens read."),
    ] = None,
    output_price: Annotated[
        Decimal | None,
        typer.Option(parser=price, metavar="USD", help="For a million tokens written."),
    ] = None,
    waf: Annotated[bool, typer.Option("--waf", help="With Waf=on.")] = False,
    kms: Annotated[bool, typer.Option("--kms", help="With a KmsKeyArn.")] = False,
    reconcile_a_day: Annotated[
        float,
        typer.Option(callback=finite, min=0, max=1440, help="How often ReconcileSchedule runs."),
    ] = 24.0,
    least_acu: Annotated[
        float,
        typer.Option(callback=finite, min=0, max=128, help="AuroraMinCapacity; 0: it pauses."),
    ] = 0.0,
    reader: Annotated[bool, typer.Option("--reader", help="With AuroraReader=on.")] = False,
    free_tier: Annotated[
        bool,
        typer.Option("--free-tier", help="Less what is free each month; an account has it once."),
    ] = False,
    prices: Annotated[Path, typer.Option(help="Another file of prices.")] = PRICES,
    measured: Annotated[Path, typer.Option(help="Another file of measurements.")] = MEASURED,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Work out a month's bill, and what others publish for the same work.

    Without any traffic given: the presets beside each other. Prices are published ones of one
    region, each with its source and day; what no source was found for is named, not guessed.
    """
    try:
        known, basis = read_prices(prices), read_measured(measured)
        usual = _preset(preset)
    except SettingsError as error:
        print_error(f"{error}.")
        raise typer.Exit(1) from error
    chosen = Deployment(
        database=DatabaseKind.EXTERNAL,
        waf=waf,
        kms=kms,
        reconcile_a_day=reconcile_a_day,
        least_acu=least_acu,
        reader=reader,
    )
    kinds = [database] if database else list(DatabaseKind)
    asked = Asked(
        tariff=Tariff(prices=known, free_tier=free_tier, own=_own(input_price, output_price)),
        measured=basis,
        deployments=tuple(replace(chosen, database=kind) for kind in kinds),
        today=date.today(),
    )
    if not (from_ledger or preset) and questions is None and documents is None:
        bills = every_preset(by_model)
        print_json(presets_json(asked, bills)) if as_json else show_presets(asked, bills)
        return
    traffic = usual
    if from_ledger:
        seen = _seen(days, data_dir)
        traffic = seen_traffic(seen, usual)
        asked = replace(asked, measured=with_what_is_held(basis, seen))
    traffic = _changed(traffic, questions, documents, changed)
    if by_model is not None:
        traffic = replace(traffic, by_model=by_model)
    print_json(bill_json(asked, traffic)) if as_json else show(asked, traffic)


def _preset(name: str | None) -> Traffic:
    try:
        return PRESETS[name or "small"]
    except KeyError:
        message = f"{name} is no preset; there are {', '.join(PRESETS)}"
        raise SettingsError(message) from None


def _changed(
    traffic: Traffic, questions: float | None, documents: int | None, changed: int | None
) -> Traffic:
    if questions is not None:
        traffic = replace(traffic, questions_a_day=questions)
    if documents is not None:
        traffic = replace(traffic, documents=documents, changed_a_month=round(documents / 10))
    return traffic if changed is None else replace(traffic, changed_a_month=changed)


def _own(read: Decimal | None, written: Decimal | None) -> dict[str, Decimal]:
    """A model's own prices, which are told by the million tokens."""
    told = {"input_token": read, "output_token": written}
    return {name: usd / 1_000_000 for name, usd in told.items() if usd is not None}


def _seen(days: int, data_dir: Path | None) -> Seen:
    until = datetime.now(UTC)
    since = until - timedelta(days=days)
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap
        from footnote.domain.usage import Period, Step

        held = bootstrap.traffic().held(since)
        usage = bootstrap.usage().usage(Period.of(since, until, Step.DAY), [])
    return Seen(
        days=days,
        usage=usage,
        documents=held.documents,
        chunks=held.chunks,
        database_bytes=held.bytes,
        changed=held.changed,
    )
