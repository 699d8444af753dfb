"""Getting better: whether a checkpoint does better than what answers, on rows that it never saw.

Both models are asked each held-out row as it stands, so that they see the same passages, and what
they write counts as it would in an answer: words like the right ones, and quotes that are shown.
"""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from footnote.answering.draft import DECLINE
from footnote.answering.example_reply import quotes_in, words_of
from footnote.answering.output_values import values_of
from footnote.answering.prompt import PromptShape, build_prompt
from footnote.domain.dataset import Row, RowKind, Split
from footnote.domain.errors import UnprocessableError
from footnote.domain.fine_tuning import Checkpoint
from footnote.domain.knowledge_base import KnowledgeBaseSettings
from footnote.domain.model import Model
from footnote.domain.prompt import Prompt
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.gate import Trial, Verdict, judge
from footnote.evaluation.outcome import document_names
from footnote.evaluation.question_set import Question
from footnote.evaluation.wording import stands_in, token_f1
from footnote.generation.port import Generator
from footnote.patient_reply import patient_reply

_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePorts:
    """What judging needs from outside."""

    generators: Callable[[Model], Generator]
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Who is judged against whom, on which rows; `asked` is told of each reply of both."""

    checkpoint: Checkpoint
    in_force: Model
    rows: Sequence[Row]
    settings: KnowledgeBaseSettings
    seed: int
    asked: Callable[[int], object] = int


def judge_checkpoint(judging: Judging, ports: JudgePorts) -> Verdict:
    """What the gate says.

    Raises:
        UnprocessableError: no rows are held out, or questions have other instructions by now.
        ModelUnavailableError: a model is down for longer.
        ModelRefusedError: an endpoint refuses the requests.
    """
    held_out = [row for row in judging.rows if row.split is Split.HELD_OUT]
    if not held_out:
        message = f"{judging.checkpoint.dataset} holds no rows out to judge by"
        raise UnprocessableError(message)
    _check_instructions(judging)
    scores = [
        _scores(model, held_out, judging, ports)
        for model in (judging.in_force, judging.checkpoint.as_model())
    ]
    trial = Trial(
        questions=[_question(at, row) for at, row in enumerate(held_out)],
        in_force=scores[0],
        candidate=scores[1],
        learned_from=[
            _question(at, row) for at, row in enumerate(judging.rows) if row.split is Split.TRAIN
        ],
    )
    return judge(trial, Resampling(seed=judging.seed))


def verdict_as_json(verdict: Verdict, against: str) -> dict[str, Any]:
    """A verdict as it is kept."""
    shown = verdict.difference
    figures: dict[str, Any] = {}
    if shown:
        figures = {
            "in_force": shown.old,
            "checkpoint": shown.new,
            "gain": shown.value,
            "low": shown.low,
            "high": shown.high,
            "detectable": shown.detectable,
            "questions": shown.questions,
            "documents": shown.clusters,
        }
    return {
        "decision": verdict.decision.value,
        "reason": verdict.reason,
        "against": against,
        "judged_at": datetime.now(UTC).isoformat(),
        **figures,
    }


def score(row: Row, text: str) -> float:
    """How good a reply to a row is, in 0..1.

    A decline is right or wrong. An answer counts by the words that it shares with the right one
    (F1), times the share of its quotes that stand in what was shown; an output by its values.
    """
    if row.kind is RowKind.DECLINE:
        return float(not words_of(text))
    if row.kind is not RowKind.ANSWER:
        return _output_score(row.reply, text)
    quotes = [quote for _, quote in quotes_in(text)]
    if not quotes or DECLINE in text:
        return 0.0
    verbatim = sum(stands_in(quote, [row.user]) for quote in quotes) / len(quotes)
    return verbatim * token_f1(words_of(text), [row.answer])


def _output_score(wanted: str, text: str) -> float:
    """The share of values that are as they should be."""
    try:
        said = json.loads(text)["output"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0.0
    right = dict(values_of(json.loads(wanted)["output"]))
    found = dict(values_of(said))
    every = right.keys() | found.keys()
    return sum(right.get(at) == found.get(at) for at in every) / len(every) if every else 1.0


def _check_instructions(judging: Judging) -> None:
    now = build_prompt("", (), PromptShape.of(judging.settings)).system
    if any(
        row.system != now for row in judging.rows if row.kind in (RowKind.ANSWER, RowKind.DECLINE)
    ):
        message = (
            f"{judging.checkpoint.name} learned other instructions than questions are asked with"
            " now; `footnote dataset build` makes a new version, to fine-tune with once more"
        )
        raise UnprocessableError(message)


def _scores(model: Model, rows: Sequence[Row], judging: Judging, ports: JudgePorts) -> list[float]:
    generator = ports.generators(model)

    def asked(row: Row) -> float:
        text = patient_reply(generator, _prompt(row), ports.sleep).text
        judging.asked(2 * len(rows))
        return score(row, text)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(asked, rows))


def _prompt(row: Row) -> Prompt:
    return Prompt(system=row.system, user=row.user, question=row.question, passages=())


def _question(at: int, row: Row) -> Question:
    golden = document_names(one.key for one in row.sources if one.golden)
    return Question(
        question_id=f"row {at + 1}",
        text=row.question,
        answers=(row.answer,),
        answerable=row.kind is not RowKind.DECLINE,
        gold_documents=tuple(sorted(golden)),
        cluster=row.cluster,
    )
