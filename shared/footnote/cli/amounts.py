"""Numbers on a command line that arithmetic is done with."""

from math import isfinite

import typer


def finite(value: float | None) -> float | None:
    """A number, or none where none is given; infinity and what is no number are refused."""
    if value is not None and not isfinite(value):
        message = f"{value} is no number to reckon with; give a finite one"
        raise typer.BadParameter(message)
    return value
