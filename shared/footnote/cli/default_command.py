"""A group of commands one of which needs no name: `footnote eval qa.jsonl` beside `eval set`."""

from typing import Any, override

from typer.core import TyperGroup

DEFAULT = "ask"


class WithDefault(TyperGroup):
    """What names no command is for the command `ask`."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in self.commands:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)
