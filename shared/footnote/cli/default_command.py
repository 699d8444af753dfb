"""A group of commands one of which needs no name: `footnote eval qa.jsonl` beside `eval set`."""

from typing import Any, override

from typer.core import TyperCommand, TyperGroup

DEFAULT = "ask"


class WithDefault(TyperGroup):
    """What names no command is for the command `ask`."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in self.commands:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


class Unnamed(TyperCommand):
    """That command: its usage is told as people type it, without its name."""

    @override
    def format_usage(self, ctx: Any, formatter: Any) -> None:
        formatter.write_usage(ctx.parent.command_path, " ".join(self.collect_usage_pieces(ctx)))
