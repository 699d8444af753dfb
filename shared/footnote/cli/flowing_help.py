"""Help of commands whose paragraphs fill the terminal, however their lines stand in the source."""

import inspect

import typer


def with_flowing_help(app: typer.Typer) -> typer.Typer:
    """Join the lines of each paragraph, of every command below; Typer keeps those breaks."""
    for command in app.registered_commands:
        told = inspect.getdoc(command.callback) if command.callback else None
        if told and command.help is None:
            command.help = "\n\n".join(" ".join(one.split()) for one in told.split("\n\n"))
    for group in app.registered_groups:
        if group.typer_instance is not None:
            with_flowing_help(group.typer_instance)
    return app
