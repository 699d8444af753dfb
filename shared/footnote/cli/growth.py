"""`footnote growth`: a size that fits nowhere here, worked out from what was measured."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from footnote.cli.amounts import finite
from footnote.cli.output import AsJson, console, plain_table, print_error, print_json, print_text
from footnote.costs.bill import Bill, Tariff, bill_of
from footnote.costs.curve import CURVE, Curve, read_curve
from footnote.costs.deployment import DatabaseKind, Deployment
from footnote.costs.measured import MEASURED, read_measured
from footnote.costs.prices import PRICES, read_prices
from footnote.costs.queueing import Queue
from footnote.costs.simulation import Simulated, Wanted, first_ingest, simulate, simulated_uses
from footnote.costs.traffic import Traffic
from footnote.costs.uses import Basis
from footnote.domain.errors import SettingsError


def growth(
    chunks: Annotated[float, typer.Option(callback=finite, min=1, help="Chunks altogether.")] = 1e9,
    rate: Annotated[
        float, typer.Option(callback=finite, min=0.001, help="Questions a second.")
    ] = 1_000.0,
    knowledge_bases: Annotated[
        int, typer.Option(min=1, help="They share the chunks evenly; each lies in one database.")
    ] = 10_000,
    busiest: Annotated[
        float,
        typer.Option(
            callback=finite, min=1, help="The busiest database gets so many times the average."
        ),
    ] = 2.0,
    load: Annotated[
        float,
        typer.Option(
            callback=finite, min=0.05, max=0.95, help="So busy its cores are to be at that."
        ),
    ] = 0.6,
    by_model: Annotated[
        float,
        typer.Option(
            callback=finite, min=0, max=1, help="Share of the questions that a model answers."
        ),
    ] = 1.0,
    prices: Annotated[Path, typer.Option(help="Another file of prices.")] = PRICES,
    measured: Annotated[Path, typer.Option(help="Another file of measurements.")] = MEASURED,
    curve: Annotated[Path, typer.Option(help="Another curve.")] = CURVE,
    as_json: AsJson = False,
) -> None:
    """Work out how many databases a size takes, how long searches take, what breaks, what it costs.

    Nothing of this size was ever run here: it is arithmetic on measured work, queueing theory and
    stated assumptions, all of which are printed.
    """
    wanted = Wanted(
        chunks=chunks,
        questions_a_second=rate,
        knowledge_bases=knowledge_bases,
        busiest=busiest,
        load=load,
    )
    try:
        known = read_curve(curve)
        traffic = Traffic(questions_a_day=0, documents=0, changed_a_month=0, by_model=by_model)
        basis = Basis(
            traffic=traffic,
            deployment=Deployment(database=DatabaseKind.AURORA),
            measured=read_measured(measured),
        )
        tariff = Tariff(prices=read_prices(prices))
    except SettingsError as error:
        print_error(f"{error}.")
        raise typer.Exit(1) from error
    found = simulate(wanted, known, basis)
    month = bill_of(simulated_uses(found, known, basis), tariff)
    once = bill_of(first_ingest(found, basis), tariff)
    if as_json:
        print_json(_as_json(found, month, once, _assumptions(found, known, basis)))
    else:
        _show(found, month, once, _assumptions(found, known, basis))


def _show(found: Simulated, month: Bill, once: Bill, assumptions: list[str]) -> None:
    wanted = found.wanted
    print_text(
        f"{wanted.chunks:,.0f} chunks in {wanted.knowledge_bases:,} knowledge bases, "
        f"{wanted.questions_a_second:,.0f} questions a second.\n"
    )
    print_text(
        f"Databases: {found.shards:,} of {found.acu:g} ACU each (memory alone asks for "
        f"{found.shards_for_memory:,}, work alone for {found.shards_for_work:,})."
    )
    if not found.fits:
        print_text(
            "It does not fit: a knowledge base is searched in one database, and there are fewer "
            f"knowledge bases ({wanted.knowledge_bases:,}) than databases. Figures below are as "
            "if there were enough.",
            style="red",
        )
    table = plain_table("\nsearch", "\nof them busy", "\nmean wait ms", "\np95 ms", "\np99 ms")
    for name, queue in (("average database", found.average), ("busiest", found.busiest)):
        table.add_row(name, *_queue(queue))
    console.print(table)
    print_text("\nWhat breaks first, as it is today:")
    limits = plain_table("", "holds", "wanted", "", "then")
    for one in found.limits:
        verdict = f"{one.times:,.1f} times over" if one.times > 1 else "holds"
        wanted_ = f"{one.wanted:,.0f} {one.unit}"
        limits.add_row(one.name, f"{one.holds:,.0f}", wanted_, verdict, one.remedy)
    console.print(limits)
    print_text(
        f"\nReading everything once: {found.ingest_hours:,.0f} hours with "
        f"{wanted.ingest_concurrency:,} functions at once, {once.usd:,.0f} USD of their time."
    )
    print_text(f"A month at this rate all day long: {month.usd:,.0f} USD.")
    for name, usd in month.parts().items():
        print_text(f"  {name} {usd:,.0f}")
    print_text("\nAssumed:", style="bold")
    for assumption in assumptions:
        print_text(f"- {assumption}")


def _queue(queue: Queue) -> list[str]:
    return [
        f"{queue.load:.0%} of {queue.servers} cores",
        f"{1e3 * queue.mean_wait:.1f}",
        f"{1e3 * queue.total(0.95):.0f}",
        f"{1e3 * queue.total(0.99):.0f}",
    ]


def _assumptions(found: Simulated, curve: Curve, basis: Basis) -> list[str]:
    wanted, assumed = found.wanted, basis.assumptions
    each = wanted.chunks / wanted.knowledge_bases
    beyond = (
        f"guessed: the largest that was measured has {curve.largest.chunks:,}"
        if found.beyond
        else f"measured up to {curve.largest.chunks:,}"
    )
    return [
        f"a knowledge base of {each:,.0f} chunks takes {found.core_ms:.1f} ms of one core for a "
        f"search ({beyond}; {curve.measured_on}, {curve.machine}, load {curve.load:g})",
        f"a chunk takes {curve.largest.held_bytes:,.0f} bytes, {curve.largest.hot_bytes:,.0f} of "
        "which are searched and stand in memory; 384 floats of an embedding",
        "a knowledge base lies whole in one database, and a question is asked of one",
        "each has a graph of vectors of its own, in a partition: today all of a database share "
        "one, where a large knowledge base among larger ones takes longer (docs/growth.md)",
        f"knowledge bases are spread by chance: the busiest database gets {wanted.busiest:g} times "
        f"the average and is to be {wanted.load:.0%} busy at that",
        "questions come as they like and searches last as they like (M/M/c): a burst waits longer",
        f"{assumed.acu_a_core.value:g} ACU do what one core does here and keep "
        f"{assumed.acu_a_core.value * assumed.gb_an_acu.value:g} GB in memory; 256 are the most",
        f"a model answers {basis.traffic.by_model:.0%} of the questions, after "
        f"{assumed.model_s.value:g} seconds",
        "the ledger's writes, and what a distributed engine adds of its own, were not measured "
        "and are not in it",
    ]


def _as_json(found: Simulated, month: Bill, once: Bill, assumptions: list[str]) -> dict[str, Any]:
    return {
        "wanted": asdict(found.wanted),
        "fits": found.fits,
        "core_ms": found.core_ms,
        "databases": found.shards,
        "databases_for_memory": found.shards_for_memory,
        "databases_for_work": found.shards_for_work,
        "acu_each": found.acu,
        "searches": {
            name: {
                "load": queue.load,
                "cores": queue.servers,
                "mean_wait_ms": 1e3 * queue.mean_wait,
                "p95_ms": 1e3 * queue.total(0.95),
                "p99_ms": 1e3 * queue.total(0.99),
            }
            for name, queue in (("average", found.average), ("busiest", found.busiest))
        },
        "limits": [{**asdict(one), "times": one.times} for one in found.limits],
        "ingest_hours": found.ingest_hours,
        "ingest_usd": float(round(once.usd, 2)),
        "month_usd": float(round(month.usd, 2)),
        "month_parts": {name: float(round(usd, 2)) for name, usd in month.parts().items()},
        "assumptions": assumptions,
    }
