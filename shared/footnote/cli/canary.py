"""`footnote canary`: what the scheduled canary does, from here and with a key."""

from dataclasses import asdict
from typing import Annotated

import typer

from footnote.canary import CanaryError, fly
from footnote.cli.output import (
    DEFAULT_API_URL,
    ApiUrl,
    AsJson,
    api_errors,
    console,
    print_error,
    print_json,
)
from footnote.client import ApiClient


def canary(
    patience_s: Annotated[
        float, typer.Option("--patience", help="Seconds that each step may take.")
    ] = 120,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Upload a document, await it, ask about it, delete it; status 1 where a step goes wrong."""
    with api_errors():
        try:
            flight = fly(ApiClient(api), patience_s=patience_s)
        except CanaryError as error:
            print_error(str(error))
            raise typer.Exit(1) from error
    if as_json:
        print_json(asdict(flight))
        return
    console.print(f"put to answerable  {flight.put_to_answerable_ms / 1e3:.2f} s")
    console.print(f"delete to gone     {flight.delete_to_gone_ms / 1e3:.2f} s")
