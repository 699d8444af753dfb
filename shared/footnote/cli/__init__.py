"""The command line: `footnote up`, and everything that a person or a script asks of an API."""

from footnote.cli.application import app

__all__ = ["app"]
