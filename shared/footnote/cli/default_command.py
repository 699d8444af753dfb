"""A group of commands one of which needs no name: `footnote eval qa.jsonl` beside `eval set`."""

from typing import Any, override

import typer
from typer.core import TyperCommand, TyperGroup

DEFAULT = "ask"


class WithDefault(TyperGroup):
    """What names no command is for the command `ask`."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in self.commands:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


class _PathOfGroup(typer.Context):
    """Help and usage errors tell a command as people type it: by its group, without its name."""

    @property
    @override
    def command_path(self) -> str:
        return self.parent.command_path if self.parent else super().command_path


class Unnamed(TyperCommand):
    """That command."""

    context_class = _PathOfGroup
