"""`footnote models list|add|change|remove`: which models there are, and what they cost."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any

import typer

from footnote.cli.catalogue import show_catalogue
from footnote.cli.money import price
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson
from footnote.domain.errors import NotFoundError
from footnote.domain.model import Model, ModelKind


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text} is no date such as 2027-01-06"
        raise typer.BadParameter(message) from None


Name = Annotated[str, typer.Argument(help="What you call it.")]
# What can be said of a model, by the name of the model's part.
_OPTIONS: Mapping[str, Any] = {
    "base_url": Annotated[
        str | None,
        typer.Option("--endpoint", help="Base URL of an OpenAI-compatible endpoint, up to /v1."),
    ],
    "remote_name": Annotated[
        str | None, typer.Option(help="What the endpoint calls it; your name unless given.")
    ],
    "kind": Annotated[ModelKind | None, typer.Option(help="Who trained it.")],
    "checkpoint": Annotated[str | None, typer.Option(help="Which fine-tuned version it is.")],
    "input_price": Annotated[
        Decimal | None, typer.Option(parser=price, help="US dollars per million input tokens.")
    ],
    "output_price": Annotated[
        Decimal | None, typer.Option(parser=price, help="US dollars per million output tokens.")
    ],
    "context_tokens": Annotated[
        int | None, typer.Option("--context", min=1, help="Tokens that it can read and write.")
    ],
    "max_output_tokens": Annotated[
        int | None, typer.Option("--max-output", min=1, help="Tokens that it may write.")
    ],
    "sunset": Annotated[
        date | None, typer.Option(parser=_day, help="The day on which its endpoint drops it.")
    ],
    "key_ref": Annotated[
        str | None,
        typer.Option(help="Where its key is: an environment variable, or a secret's ARN."),
    ],
}


def _describing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a model; it gets those that were given as `known`."""

    @wraps(command)
    def taking(**given: Any) -> None:
        options = {name: given.pop(name) for name in _OPTIONS}
        known = {name: value for name, value in options.items() if value is not None}
        command(known=known, **given)

    own = [one for one in signature(command).parameters.values() if one.name != "known"]
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in _OPTIONS.items()
    ]
    # What the command line is made of.
    parameters = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in own] + options
    vars(taking)["__signature__"] = Signature(parameters)
    taking.__annotations__ = {one.name: one.annotation for one in parameters}
    return taking


def list_models(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show the models and the routes through them."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        show_catalogue(bootstrap.models().catalogue(), as_json=as_json)


@_describing
def add(
    name: Name, known: dict[str, Any], as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Add a model, with its --endpoint; `footnote models route` has it answer questions."""
    if "base_url" not in known:
        message = "Missing option '--endpoint'."
        raise typer.BadParameter(message)
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        bootstrap.models().add(Model(**{"name": name, "remote_name": name, **known}))
        show_catalogue(bootstrap.models().catalogue(), as_json=as_json)


@_describing
def change(
    name: Name, known: dict[str, Any], as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Change what is given, and leave the rest; questions notice within seconds."""
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
