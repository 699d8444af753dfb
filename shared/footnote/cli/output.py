"""What every command shares: where the API is, JSON for programs, and how a failure looks."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, override

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Column, Table

from footnote.client import ApiRefusedError, ApiUnreachableError

ApiUrl = Annotated[
    str, typer.Option("--api", envvar="FOOTNOTE_API_URL", help="Address of the API.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
KnowledgeBase = Annotated[
    str, typer.Option("--knowledge-base", "-k", help="The collection of documents.")
]

DEFAULT_API_URL = "http://127.0.0.1:8080"

# Control characters, but for the ends of lines and tabs.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class GuardedConsole(Console):
    """Shows names and texts of strangers as they are, and lets none of them steer the terminal."""

    @override
    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control:  # ours
                yield segment
            else:
                yield Segment(
                    _STEERING.sub("\N{REPLACEMENT CHARACTER}", segment.text), segment.style
                )


console = GuardedConsole()
errors = GuardedConsole(stderr=True)


def plain_table(*headings: str, whole: Collection[str] = ()) -> Table:
    """A table without lines, whose cells are folded rather than cut; those of `whole` are not."""
    columns = [Column(heading, overflow="fold", no_wrap=heading in whole) for heading in headings]
    return Table(*columns, box=None, padding=(0, 2, 0, 0))


def print_json(value: object) -> None:
    """One JSON value on standard output."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_text(text: str, style: str | None = None) -> None:
    """Text from documents or answers, which is never read as markup."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def api_errors() -> Iterator[None]:
    """End the command with status 1 and one line that says what to do."""
    try:
        yield
    except ApiUnreachableError as error:
        _fail(f"{error}: is `make run` running? (--api or FOOTNOTE_API_URL set another address)")
    except ApiRefusedError as error:
        hint = "; the commands read it from FOOTNOTE_API_KEY" if error.status == 401 else ""
        _fail(f"{error} ({error.code}, {error.status}){hint}")


def _fail(message: str) -> None:
    print_error(message)
    raise typer.Exit(1)


def print_error(message: str) -> None:
    """What went wrong and what to do, on standard error."""
    errors.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
