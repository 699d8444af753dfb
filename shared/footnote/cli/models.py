"""`footnote models list|add|change|remove`: which models there are, and what they cost."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from footnote.cli.catalogue import show_catalogue
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson
from footnote.domain.errors import NotFoundError
from footnote.domain.model import Model, ModelKind


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        message = f"{text} is no number"
        raise typer.BadParameter(message) from None
    if not price.is_finite() or price < 0:
        message = "a price is zero or more"
        raise typer.BadParameter(message)
    return price


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text} is no date such as 2027-01-06"
        raise typer.BadParameter(message) from None


Name = Annotated[str, typer.Argument(help="What you call it.")]
Endpoint = Annotated[
    str | None, typer.Option(help="Base URL of an OpenAI-compatible endpoint, up to /v1.")
]
RemoteName = Annotated[
    str | None, typer.Option(help="What the endpoint calls it; your name unless given.")
]
Kind = Annotated[ModelKind | None, typer.Option(help="Who trained it.")]
Checkpoint = Annotated[str | None, typer.Option(help="Which fine-tuned version it is.")]
InputPrice = Annotated[
    Decimal | None, typer.Option(parser=_price, help="US dollars per million input tokens.")
]
OutputPrice = Annotated[
    Decimal | None, typer.Option(parser=_price, help="US dollars per million output tokens.")
]
Context = Annotated[int | None, typer.Option(min=1, help="Tokens that it can read and write.")]
MaxOutput = Annotated[int | None, typer.Option(min=1, help="Tokens that it may write.")]
Sunset = Annotated[
    date | None, typer.Option(parser=_day, help="The day on which its endpoint drops it.")
]
KeyRef = Annotated[
    str | None,
    typer.Option(help="Where its key is: an environment variable, or a secret's ARN."),
]


def list_models(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show the models and the routes through them."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        show_catalogue(bootstrap.models().catalogue(), as_json=as_json)


def add(
    name: Name,
    endpoint: Annotated[
        str, typer.Option(help="Base URL of an OpenAI-compatible endpoint, up to /v1.")
    ],
    remote_name: RemoteName = None,
    kind: Kind = None,
    checkpoint: Checkpoint = None,
    input_price: InputPrice = None,
    output_price: OutputPrice = None,
    context: Context = None,
    max_output: MaxOutput = None,
    sunset: Sunset = None,
    key_ref: KeyRef = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Add a model; `footnote models route` has it answer questions."""
    known = _given(
        remote_name=remote_name,
        kind=kind,
        checkpoint=checkpoint,
        input_price=input_price,
        output_price=output_price,
        context_tokens=context,
        max_output_tokens=max_output,
        sunset=sunset,
        key_ref=key_ref,
    )
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        new = Model(name=name, base_url=endpoint, remote_name=name)
        bootstrap.models().add(replace(new, **known))
        show_catalogue(bootstrap.models().catalogue(), as_json=as_json)


def change(
    name: Name,
    endpoint: Endpoint = None,
    remote_name: RemoteName = None,
    kind: Kind = None,
    checkpoint: Checkpoint = None,
    input_price: InputPrice = None,
    output_price: OutputPrice = None,
    context: Context = None,
    max_output: MaxOutput = None,
    sunset: Sunset = None,
    key_ref: KeyRef = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Change what is given, and leave the rest; questions notice within seconds."""
    known = _given(
        base_url=endpoint,
        remote_name=remote_name,
        kind=kind,
        checkpoint=checkpoint,
        input_price=input_price,
        output_price=output_price,
        context_tokens=context,
        max_output_tokens=max_output,
        sunset=sunset,
        key_ref=key_ref,
    )
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        old = bootstrap.models().catalogue().models.get(name)
        if old is None:
            message = f"there is no model {name}; `footnote models list` shows those there are"
            raise NotFoundError(message)
        bootstrap.models().change(replace(old, **known))
        show_catalogue(bootstrap.models().catalogue(), as_json=as_json)


def remove(name: Name, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Remove a model that no route leads to; what it did stays in the ledger."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        bootstrap.models().remove(name)
        show_catalogue(bootstrap.models().catalogue(), as_json=as_json)


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
