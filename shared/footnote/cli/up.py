"""`footnote up`: the whole system on this machine."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def up(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of the API and the page.")
    ] = 8080,
    s3_port: Annotated[
        int, typer.Option("--s3-port", min=1, max=65535, help="Port of the S3 and SQS endpoint.")
    ] = 4566,
    data_dir: Annotated[
        Path, typer.Option("--data-dir", help="Keeps documents, index and logs between runs.")
    ] = Path(".footnote"),
    sample: Annotated[
        bool, typer.Option("--sample/--no-sample", help="Load Footnote's own documentation.")
    ] = True,
    keys: Annotated[
        bool, typer.Option("--keys", help="Let in only who has a key, as a deployment does.")
    ] = False,
    environments: Annotated[
        int, typer.Option(min=1, max=16, help="Warm environments of each function.")
    ] = 2,
) -> None:
    """Start S3, SQS, Postgres, ingestion, the HTTP API and a page to try it in.

    Nothing needs Docker, an account or a key. Ctrl-C stops everything; documents and index stay.
    """
    from footnote.local.system import Options
    from footnote.local.up import run

    options = Options(
        port=port,
        s3_port=s3_port,
        root=data_dir.expanduser().resolve(),
        sample=sample,
        keyless=not keys,
        environments=environments,
    )
    raise typer.Exit(run(options, Console()))
