"""`footnote models route` and `footnote models usage`: who answers, and what it came to."""

from dataclasses import dataclass
from typing import Annotated

import typer

from footnote.cli.catalogue import show_catalogue, show_usage
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.model import EVERY_KB, Route


@dataclass(frozen=True, slots=True)
class Share:
    """A model and the share of questions that it is given."""

    name: str
    share: float


def _share(text: str) -> Share:
    name, _, share = text.partition("=")
    try:
        return Share(name, float(share))
    except ValueError:
        message = f"{text} is not of the form NAME=SHARE, such as small-2=0.1"
        raise typer.BadParameter(message) from None


def route(
    steps: Annotated[
        list[str] | None,
        typer.Argument(help="Models in the order in which they are asked, the small one first."),
    ] = None,
    knowledge_base: Annotated[
        str, typer.Option("--knowledge-base", "-k", help="Whose questions; * for all others.")
    ] = EVERY_KB,
    candidate: Annotated[
        Share | None,
        typer.Option(
            parser=_share,
            metavar="NAME=SHARE",
            help="Another first step, for a share of the conversations.",
        ),
    ] = None,
    shadow: Annotated[
        Share | None,
        typer.Option(
            parser=_share,
            metavar="NAME=SHARE",
            help="Is sent a share of the questions as well; its answers are only recorded.",
        ),
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove this knowledge base's own route.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Set which models answer a knowledge base's questions; the whole route at once."""
    if bool(steps) == remove:
        message = "name the models of the route, or give --remove"
        raise typer.BadParameter(message)
    kb = KnowledgeBaseId(knowledge_base)
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        if steps:
            bootstrap.models().set_route(_route(kb, steps, candidate, shadow))
        else:
            bootstrap.models().remove_route(kb)
        show_catalogue(bootstrap.models().catalogue(), as_json=as_json)


def usage(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How many days back.")] = 30,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Add up calls, tokens, cost and escalations by day (UTC) and model."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        show_usage(bootstrap.ledger().usage(days), as_json=as_json)


def _route(
    kb: KnowledgeBaseId,
    steps: list[str],
    candidate: Share | None,
    shadow: Share | None,
) -> Route:
    return Route(
        kb=kb,
        steps=tuple(steps),
        candidate=candidate.name if candidate else None,
        candidate_share=candidate.share if candidate else 0.0,
        shadow=shadow.name if shadow else None,
        shadow_share=shadow.share if shadow else 0.0,
    )
