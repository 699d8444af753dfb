"""`footnote classify`: classifiers of texts, learned from labels of one's own."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footnote.cli.classified import print_checkpoints, print_labels, print_training, report_page
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson, KnowledgeBase, errors
from footnote.cli.question_files import said
from footnote.cli.tune import SEED, check_installed
from footnote.domain.classifier import check_name
from footnote.domain.document import KnowledgeBaseId

if TYPE_CHECKING:
    from footnote.train_classifier import Training

Name = Annotated[str, typer.Option("--name", "-n", help="Of the classifier.")]


def train(
    labels: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="CSV with a header, or JSON lines: a `text` and its `label` each.",
        ),
    ],
    knowledge_base: KnowledgeBase = "default",
    name: Name = "default",
    accuracy: Annotated[
        float,
        typer.Option(min=0, max=1, help="How often labels are to be right; else it abstains."),
    ] = 0.9,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be changed, and change nothing.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a page of HTML with plots.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the folds and of the intervals.")] = SEED,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Learn a classifier from labelled texts, and have it serve if it is shown to be better.

    It is judged on texts that took no part: the first one against whoever always says the commonest
    label, a later one against the one that serves, on texts that neither learned from. Status 1
    where there is too little to learn from, 2 where a line is malformed.
    """
    check_installed()
    from footnote.evaluation.labelled_texts import read_labelled_texts
    from footnote.evaluation.report import check_installed as check_pages

    with said():
        if report:
            check_pages()
        check_name(name)
        texts = read_labelled_texts(labels)
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap
        from footnote.train_classifier import Lesson, train_classifier

        lesson = Lesson(
            kb=KnowledgeBaseId(knowledge_base),
            name=name,
            texts=texts,
            model=bootstrap.index_form().model,
            seed=seed,
            wanted=accuracy,
        )
        # Nobody waits, so the embedding model may take its time.
        ports = replace(bootstrap.classify_ports(), embedders=bootstrap.embedder_of)
        training = train_classifier(lesson, ports)
        number = None if dry_run else _promote(lesson.kb, name, training)
    print_training(training, len(texts), number, as_json=as_json)
    if report:
        page = report_page(
            training, [one.text for one in texts], number, f"{knowledge_base}: {name}"
        )
        with said():
            report.write_text(page, encoding="utf-8")
        errors.print(f"The report is in {report}.", markup=False, highlight=False, soft_wrap=True)


def say(
    texts: Annotated[list[str], typer.Argument(help="The texts.")],
    knowledge_base: KnowledgeBase = "default",
    name: Name = "default",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Say which labels texts have, as POST /v1/classify does."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap
        from footnote.classify import classify

        ports = bootstrap.classify_ports()
        number, told = classify(texts, KnowledgeBaseId(knowledge_base), name, ports)
    print_labels(number, list(zip(texts, told, strict=True)), as_json=as_json)


def list_checkpoints(
    knowledge_base: KnowledgeBase = "default", as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Show the checkpoints of a knowledge base's classifiers, and which serve."""
    with deployment(data_dir, DATABASE):
        _show(KnowledgeBaseId(knowledge_base), as_json=as_json)


def back(
    knowledge_base: KnowledgeBase = "default",
    name: Name = "default",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Have the checkpoint serve that the present one took the place of."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        bootstrap.classifiers().roll_back(KnowledgeBaseId(knowledge_base), name)
        _show(KnowledgeBaseId(knowledge_base), as_json=as_json)


def remove(
    knowledge_base: KnowledgeBase = "default",
    name: Name = "default",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Have no checkpoint serve; those that there were stay listed."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        bootstrap.classifiers().remove(KnowledgeBaseId(knowledge_base), name)
        _show(KnowledgeBaseId(knowledge_base), as_json=as_json)


def _promote(kb: KnowledgeBaseId, name: str, training: "Training") -> int | None:
    from footnote import bootstrap

    if not training.verdict.promoted:
        return None
    return bootstrap.classifiers().promote(kb, name, training.trained)


def _show(kb: KnowledgeBaseId, *, as_json: bool) -> None:
    from footnote import bootstrap

    print_checkpoints(kb, bootstrap.classifiers().all_of(kb), as_json=as_json)
