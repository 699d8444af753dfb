"""Getting better: learn a classifier from labelled texts; it serves if it is shown to be better."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from footnote.classify import ClassifyPorts, most_frequent, serving, text_hash
from footnote.domain.classifier import Checkpoint, TrainedCheckpoint
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.evaluation.bootstrap import Figure, Resampling
from footnote.evaluation.gate import Decision, Verdict, decide
from footnote.evaluation.labelled_texts import LabelledText
from footnote.evaluation.labels import Predictions, confusion, label_figures
from footnote.evaluation.near_duplicates import groups
from footnote.evaluation.question_set import Question
from footnote.judged import Judge
from footnote.tuning.classifier import Examples, try_classifier
from footnote.tuning.examples import examples_of

# Five folds, and folds inside of them, must each see a label several times.
FEWEST_OF_A_LABEL, MOST_LABELS = 10, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What to learn; `wanted` is how often (0..1) labels that are said are to be right."""

    kb: KnowledgeBaseId
    name: str
    texts: Sequence[LabelledText]
    model: str
    seed: int
    wanted: float = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What came of it; the checkpoint is to be promoted where the verdict says so.

    `against` is what it was held against, `judged` on how many texts. `said` is the share of
    held-out texts that it says a label of, `said_right` how many of those labels are right.
    `told` and `raw` are what was said of each, calibrated and not.
    """

    trained: TrainedCheckpoint
    figures: dict[str, Figure]
    uncalibrated: Figure
    confusion: list[list[int]]
    said: float
    said_right: float | None
    against: str
    verdict: Verdict
    told: Predictions
    raw: Predictions


def train_classifier(lesson: Lesson, ports: ClassifyPorts) -> Training:
    """Learn a checkpoint and judge it; nothing is written.

    Raises:
        UnprocessableError: too few texts, too few of a label, or too many labels.
        TransientError: the database or the embedding model is down.
    """
    labels = _labels(lesson)
    how = Resampling(seed=lesson.seed)
    texts = [one.text for one in lesson.texts]
    vectors = ports.embedders(lesson.model).embed(texts)
    alike = groups(texts)
    examples = examples_of(vectors, [labels.index(one.label) for one in lesson.texts], alike)
    trial = try_classifier(examples, lesson.wanted, lesson.seed)
    told, raw = (
        Predictions(likely=likely, labels=examples.labels, groups=alike)
        for likely in (trial.calibrated, trial.uncalibrated)
    )
    figures = label_figures(told, how)
    checkpoint = Checkpoint(
        model=lesson.model,
        labels=tuple(labels),
        rows=tuple(row.tolist() for row in trial.weights),
        temperature=trial.temperature,
        threshold=trial.threshold,
    )
    kept = told.likely.max(axis=1) >= trial.threshold
    against, verdict = _judged(lesson, (vectors, examples), told, ports)
    return Training(
        trained=TrainedCheckpoint(
            checkpoint=checkpoint,
            learned=frozenset(map(text_hash, texts)),
            figures={name: one.value for name, one in figures.items()},
        ),
        figures=figures,
        uncalibrated=label_figures(raw, how)["ECE"],
        confusion=confusion(told).tolist(),
        said=float(kept.mean()),
        said_right=float(told.right[kept].mean()) if kept.any() else None,
        against=against,
        verdict=verdict,
        told=told,
        raw=raw,
    )


def _labels(lesson: Lesson) -> list[str]:
    counts = Counter(one.label for one in lesson.texts)
    rare = [label for label, count in counts.items() if count < FEWEST_OF_A_LABEL]
    if rare:
        message = (
            f"each label needs {FEWEST_OF_A_LABEL} texts, {rare[0]!r} has {counts[rare[0]]}:"
            " add some, or leave it out"
        )
        raise UnprocessableError(message)
    if not 2 <= len(counts) <= MOST_LABELS:
        message = f"a classifier tells 2 to {MOST_LABELS} labels apart, there are {len(counts)}"
        raise UnprocessableError(message)
    return sorted(counts)


def _judged(
    lesson: Lesson,
    known: tuple[Sequence[Sequence[float]], Examples],
    told: Predictions,
    ports: ClassifyPorts,
) -> tuple[str, Verdict]:
    """Against what serves, on texts that neither learned from; else against the commonest label."""
    vectors, _ = known
    active = serving(lesson.kb, lesson.name, ports.classifiers)
    rows = list(range(len(lesson.texts)))
    if active is None:
        common = most_frequent([one.label for one in lesson.texts])
        against = f"always {common!r}"
        before = [float(one.label == common) for one in lesson.texts]
    else:
        number, checkpoint = active
        against = f"checkpoint {number}"
        hashes = [text_hash(one.text) for one in lesson.texts]
        learned = ports.classifiers.known_texts(lesson.kb, lesson.name, hashes)
        taught = {told.groups[row] for row in rows if hashes[row] in learned}
        rows = [row for row in rows if told.groups[row] not in taught]
        before = _by(checkpoint, lesson, vectors, ports)
    questions = [
        Question(question_id=str(row), text="", cluster=str(told.groups[row])) for row in rows
    ]
    if not rows:
        reason = f"{against} learned from all of these texts: new ones are needed to tell"
        return against, Verdict(decision=Decision.CANNOT_TELL, reason=reason)
    judge = Judge(questions=questions, how=Resampling(seed=lesson.seed))
    new = told.right.tolist()
    shown = judge.mean([before[row] for row in rows], [new[row] for row in rows])
    return against, decide(shown, Resampling(seed=lesson.seed))


def _by(
    checkpoint: Checkpoint, lesson: Lesson, vectors: Sequence[Any], ports: ClassifyPorts
) -> list[float]:
    """Whether the likeliest label of a checkpoint is right."""
    if checkpoint.model != lesson.model:
        vectors = ports.embedders(checkpoint.model).embed([one.text for one in lesson.texts])
    likely = [checkpoint.labelled(vector).probabilities for vector in vectors]
    best = [max(one, key=lambda label: one[label]) for one in likely]
    return [float(said == one.label) for said, one in zip(best, lesson.texts, strict=True)]
