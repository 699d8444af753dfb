"""The commands, under one name."""

import typer

from footnote.cli import (
    build_dataset,
    canary,
    cascade,
    checkpoints,
    classify,
    cost,
    datasets,
    doctor,
    documents,
    evaluate,
    every_knowledge_base,
    finetune,
    generating,
    golden,
    growth,
    keys,
    knowledge_bases,
    model_routes,
    models,
    moving,
    operations,
    question_sets,
    questions,
    reindex,
    retention,
    staleness,
    status,
    tune,
    tune_embeddings,
    tune_encoder,
    unanswered,
    up,
    usage,
    which,
)
from footnote.cli.default_command import DEFAULT, Unnamed, WithDefault
from footnote.cli.flowing_help import with_flowing_help

app = typer.Typer(
    name="footnote",
    help="Answers questions from your own documents and puts the source under every sentence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("up")(up.up)
app.command("add")(documents.add)
app.command("status")(status.status)
app.command("ask")(questions.ask)
app.command("search")(questions.search)
app.command("unanswered")(unanswered.unanswered)
app.command("which")(which.which)
app.command("reconcile")(operations.reconcile)
app.command("redrive")(operations.redrive_command)
app.command("reindex")(reindex.reindex)
app.command("export")(moving.export)
app.command("import")(moving.import_command)
app.command("usage")(usage.usage)
app.command("cost")(cost.cost)
app.command("growth")(growth.growth)
app.command("canary")(canary.canary)
app.command("doctor")(doctor.doctor)
app.command("retention")(retention.retention)

conversations_app = typer.Typer(help="What people asked.")
conversations_app.command("delete")(retention.delete_conversation)
app.add_typer(conversations_app, name="conversations", no_args_is_help=True)

keys_app = typer.Typer(help="Who may call the API, and how often.")
keys_app.command("create")(keys.create)
keys_app.command("list")(keys.list_keys)
keys_app.command("rotate")(keys.rotate)
keys_app.command("revoke")(keys.revoke)
app.add_typer(keys_app, name="keys", no_args_is_help=True)

golden_app = typer.Typer(help="Answers that are to stay right when documents change.")
golden_app.command("add")(golden.add)
golden_app.command("list")(golden.list_golden)
golden_app.command("remove")(golden.remove)
golden_app.command("run")(golden.run)
golden_app.command("diff")(golden.diff)
golden_app.command("accept")(golden.accept)
app.add_typer(golden_app, name="golden", no_args_is_help=True)

set_app = typer.Typer(help="Question sets with versions, split by document.")
set_app.command("import")(question_sets.import_set)
set_app.command("build")(question_sets.build)
set_app.command("generate")(generating.generate)
set_app.command("list")(question_sets.list_sets)
set_app.command("show")(question_sets.show)
set_app.command("export")(question_sets.export)
set_app.command("split")(question_sets.split)
set_app.command("check")(question_sets.check)
eval_app = typer.Typer(cls=WithDefault, help="Measure answers; `eval set` keeps question sets.")
eval_app.command(DEFAULT, cls=Unnamed)(evaluate.evaluation)
eval_app.command("cascade")(cascade.cascade)
eval_app.command("staleness")(staleness.staleness)
eval_app.add_typer(set_app, name="set", no_args_is_help=True)
app.add_typer(eval_app, name="eval")

models_app = typer.Typer(help="Which models answer, in which order, and what they cost.")
models_app.command("list")(models.list_models)
models_app.command("add")(models.add)
models_app.command("change")(models.change)
models_app.command("remove")(models.remove)
models_app.command("route")(model_routes.route)
models_app.command("usage")(model_routes.usage)
kb_app = typer.Typer(help="Knowledge bases, and how each wants to be answered.")
kb_app.command("list")(every_knowledge_base.list_knowledge_bases)
kb_app.command("settings")(knowledge_bases.settings)
kb_app.command("remove")(every_knowledge_base.remove)
app.add_typer(kb_app, name="kb", no_args_is_help=True)
app.add_typer(models_app, name="models", no_args_is_help=True)

tune_app = typer.Typer(help="Fit a knowledge base to a question set; only what is better is kept.")
tune_app.command("retrieval")(tune.retrieval)
tune_app.command("embeddings")(tune_embeddings.embeddings)
tune_app.command("encoder")(tune_encoder.encoder)
tune_app.command("list")(tune_embeddings.list_adapters)
app.add_typer(tune_app, name="tune", no_args_is_help=True)

dataset_app = typer.Typer(help="What models are fine-tuned with.")
dataset_app.command("build")(build_dataset.build)
dataset_app.command("list")(datasets.list_datasets)
dataset_app.command("show")(datasets.show)
dataset_app.command("export")(datasets.export)
dataset_app.command("validate")(datasets.validate)
app.add_typer(dataset_app, name="dataset", no_args_is_help=True)

classify_app = typer.Typer(help="Labels of texts, learned from texts that you labelled.")
classify_app.command("train")(classify.train)
classify_app.command("say")(classify.say)
classify_app.command("list")(classify.list_checkpoints)
classify_app.command("back")(classify.back)
classify_app.command("remove")(classify.remove)
app.add_typer(classify_app, name="classify", no_args_is_help=True)

finetune_app = typer.Typer(help="Have models fine-tuned, by whoever trains them.")
finetune_app.command("start")(finetune.start)
finetune_app.command("watch")(finetune.watch)
finetune_app.command("list")(finetune.list_jobs)
finetune_app.command("cancel")(finetune.cancel)
app.add_typer(finetune_app, name="finetune", no_args_is_help=True)

checkpoint_app = typer.Typer(help="Fine-tuned models: judged, tried, promoted, rolled back.")
checkpoint_app.command("list")(checkpoints.list_checkpoints)
checkpoint_app.command("evaluate")(checkpoints.evaluate)
checkpoint_app.command("promote")(checkpoints.promote)
checkpoint_app.command("rollback")(checkpoints.rollback)
app.add_typer(checkpoint_app, name="checkpoint", no_args_is_help=True)

with_flowing_help(app)
