"""The commands, under one name."""

import typer

from footnote.cli import doctor, documents, evaluate, operations, questions, reindex, up

app = typer.Typer(
    name="footnote",
    help="Answers questions from your own documents and puts the source under every sentence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("up")(up.up)
app.command("add")(documents.add)
app.command("status")(documents.status)
app.command("ask")(questions.ask)
app.command("search")(questions.search)
app.command("eval")(evaluate.evaluation)
app.command("reconcile")(operations.reconcile)
app.command("redrive")(operations.redrive_command)
app.command("reindex")(reindex.reindex)
app.command("doctor")(doctor.doctor)
