"""Which model is asked, in what order, and whose answer counts."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from footnote.answering.output_prompt import build_output_prompt
from footnote.answering.prompt import PromptShape, build_prompt
from footnote.attempts import Task
from footnote.cascade import Written, write_answer
from footnote.cascade_ports import CascadePorts
from footnote.circuit_breaker import FAILURES_TO_OPEN
from footnote.domain.answer import NO_TOKENS, RemovalReason
from footnote.domain.document import DocumentId
from footnote.domain.errors import (
    ModelRefusedError,
    ModelUnavailableError,
    OutputInvalidError,
    SettingsError,
)
from footnote.domain.ledger import Outcome
from footnote.domain.model import Plan
from footnote.domain.passage import Passage
from footnote.domain.prompt import Completion
from tests.asking import ScriptedGenerator, a_model, cascade_ports, seconds

BACKUPS = "Backups are kept for thirty days in every region."
PASSAGE = Passage(
    rank=1,
    score=1.0,
    cosine=0.9,
    bm25=9.0,
    document_id=DocumentId("d"),
    key="help/a.md",
    version_id="v1",
    title="A",
    url=None,
    page=None,
    heading_path=(),
    ordinal=0,
    start=0,
    text=BACKUPS,
)
GOOD = 'They stay for thirty days. [1: "kept for thirty days"]'
LIE = 'They stay for ninety days. [1: "kept for ninety days"]'
NO_FORM = "They stay for thirty days, trust me."
DECLINE = "NOT IN THE DOCUMENTS"
DOWN = ModelUnavailableError("down")
CUT_OFF = Completion(text=GOOD, usage=NO_TOKENS, truncated=True)


def task(*names: str, in_corpus: float = 0.95, shadow: str = "") -> Task:
    plan = Plan(
        steps=tuple(a_model(name) for name in names), shadow=a_model(shadow) if shadow else None
    )
    prompt = build_prompt("How long are backups kept?", [PASSAGE])
    return Task(prompt=prompt, plan=plan, in_corpus=in_corpus)


def ports(*generators: ScriptedGenerator) -> CascadePorts:
    extractive = ScriptedGenerator("extractive", [f'{BACKUPS} [1: "{BACKUPS}"]'])
    return cascade_ports({one.model: one for one in generators}, extractive)


def written(asked: Task, models: CascadePorts, within_s: float = 25.0) -> Written:
    steps = write_answer(asked, models, seconds(within_s))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            outcome = end.value
            assert isinstance(outcome, Written)
            return outcome


def run(*scripts: Sequence[str | Completion | Exception], in_corpus: float = 0.95) -> Written:
    """Asks models named a, b, c, each with its script."""
    models = [ScriptedGenerator(name, script) for name, script in zip("abc", scripts, strict=False)]
    names = [model.model for model in models]
    return written(task(*names, in_corpus=in_corpus), ports(*models))


def calls(outcome: Written) -> list[tuple[str, Outcome, bool]]:
    return [(call.model.name, call.outcome, call.escalated) for call in outcome.calls]


def test_a_good_answer_of_the_first_model_is_the_last_call() -> None:
    outcome = run([GOOD], [GOOD])
    assert calls(outcome) == [("a", Outcome.OK, False)]
    assert (outcome.model, outcome.answer.text) == ("a", "They stay for thirty days. [1]")
    assert outcome.fallback is None


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (NO_FORM, Outcome.INVALID_FORMAT),
        (LIE, Outcome.FAILED_VERIFICATION),
        (DECLINE, Outcome.DECLINED),
        (CUT_OFF, Outcome.TRUNCATED),
        (DOWN, Outcome.UNAVAILABLE),
        (ModelRefusedError("bad key"), Outcome.REFUSED),
        (SettingsError("no such secret"), Outcome.REFUSED),
    ],
)
def test_the_larger_model_is_asked_because_of(
    first: str | Completion | Exception, why: Outcome
) -> None:
    outcome = run([first], [GOOD])
    assert calls(outcome) == [("a", why, True), ("b", Outcome.OK, False)]
    assert outcome.model == "b"


def test_a_decline_that_is_likely_to_be_right_is_an_answer() -> None:
    outcome = run([DECLINE], [GOOD], in_corpus=0.5)
    assert calls(outcome) == [("a", Outcome.OK, False)]
    assert outcome.answer.status == "declined"


def test_two_calls_are_the_most_however_many_models_there_are() -> None:
    outcome = run([LIE], [LIE], [GOOD])
    assert [call.model.name for call in outcome.calls] == ["a", "b"]


def test_a_single_model_that_is_down_is_tried_once_more() -> None:
    outcome = run([DOWN, GOOD])
    assert calls(outcome) == [("a", Outcome.UNAVAILABLE, True), ("a", Outcome.OK, False)]
    assert outcome.model == "a"


@pytest.mark.parametrize("answer", [NO_FORM, LIE, DECLINE, CUT_OFF, ModelRefusedError("no")])
def test_a_single_model_is_not_asked_to_write_the_same_again(
    answer: str | Completion | Exception,
) -> None:
    assert len(run([answer]).calls) == 1


def test_what_was_verified_of_a_cut_off_answer_counts_where_nothing_better_came() -> None:
    outcome = run([CUT_OFF], [DOWN])
    assert (outcome.model, outcome.answer.status) == ("a", "answered")


@pytest.mark.parametrize(
    ("scripts", "why"),
    [
        ([[DOWN], [DOWN]], Outcome.UNAVAILABLE),
        ([[ModelRefusedError("no")], [DOWN]], Outcome.UNAVAILABLE),
        ([[DOWN], [ModelRefusedError("no")]], Outcome.REFUSED),
        ([[NO_FORM], [NO_FORM]], Outcome.INVALID_FORMAT),
    ],
)
def test_where_every_model_fails_the_extract_is_marked_with_the_reason(
    scripts: list[list[str | Exception]], why: Outcome
) -> None:
    outcome = run(*scripts)
    assert (outcome.model, outcome.fallback) == ("extractive", why)
    assert outcome.answer.text == f"{BACKUPS} [1]"


def test_without_any_model_the_extract_is_no_fallback() -> None:
    outcome = run()
    assert (outcome.model, outcome.fallback, outcome.calls) == ("extractive", None, ())


def test_a_pause_that_the_server_asks_for_is_kept_where_it_fits() -> None:
    slept: list[float] = []
    busy = ModelUnavailableError("busy", retry_after_s=0.5)
    model = ScriptedGenerator("a", [busy, GOOD])
    outcome = written(task("a"), replace(ports(model), sleep=slept.append))
    assert (outcome.model, slept) == ("a", [0.5])


def test_a_pause_that_does_not_fit_is_not_begun() -> None:
    slept: list[float] = []
    model = ScriptedGenerator("a", [ModelUnavailableError("busy", retry_after_s=120)])
    outcome = written(task("a"), replace(ports(model), sleep=slept.append))
    assert (outcome.model, outcome.fallback, slept) == ("extractive", Outcome.UNAVAILABLE, [])
    assert len(outcome.calls) == 1


def test_both_attempts_and_what_follows_share_the_time_that_is_left() -> None:
    models = [ScriptedGenerator("a", [LIE]), ScriptedGenerator("b", [GOOD])]
    written(task("a", "b"), ports(*models), within_s=20)
    (first,), (second,) = models[0].patience, models[1].patience
    assert 9 < first < 12
    assert 16 < second < 18


def test_no_model_is_asked_when_the_time_is_over() -> None:
    model = ScriptedGenerator("a", [GOOD])
    outcome = written(task("a"), ports(model), within_s=0.01)
    assert (outcome.model, outcome.fallback, model.patience) == (
        "extractive",
        Outcome.UNAVAILABLE,
        [],
    )


def test_an_endpoint_that_keeps_failing_is_passed_over_by_the_next_questions() -> None:
    down, up = ScriptedGenerator("a", [DOWN]), ScriptedGenerator("b", [GOOD])
    models = ports(down, up)
    for _ in range(FAILURES_TO_OPEN + 2):
        assert written(task("a", "b"), models).model == "b"
    assert len(down.patience) == FAILURES_TO_OPEN


def test_a_shadow_is_recorded_and_never_shown() -> None:
    models = [ScriptedGenerator("a", [NO_FORM]), ScriptedGenerator("s", [GOOD])]
    outcome = written(task("a", shadow="s"), ports(*models))
    assert outcome.model == "extractive"
    assert [(call.model.name, call.outcome, call.shadow) for call in outcome.calls] == [
        ("a", Outcome.INVALID_FORMAT, False),
        ("s", Outcome.OK, True),
    ]


def test_a_shadow_that_breaks_harms_no_answer() -> None:
    models = [ScriptedGenerator("a", [GOOD]), ScriptedGenerator("s", [RuntimeError("bug")])]
    outcome = written(task("a", shadow="s"), ports(*models))
    assert outcome.model == "a"
    assert calls(outcome)[-1][1] is Outcome.UNAVAILABLE


SCHEMA = {"type": "object", "properties": {"days": {"type": "number"}}, "required": ["days"]}
THIRTY = {"passage": 1, "quote": "kept for thirty days", "field": "/days"}
VALID = json.dumps({"answered": True, "output": {"days": 30}, "evidence": [THIRTY]})
INVALID = json.dumps({"answered": True, "output": {"days": "30"}, "evidence": [THIRTY]})
UNPROVEN = json.dumps({"answered": True, "output": {"days": 90}, "evidence": [THIRTY]})
CUT_OUTPUT = Completion(text=VALID[:40], usage=NO_TOKENS, truncated=True)


def filled_in(
    *scripts: Sequence[str | Completion | Exception],
) -> tuple[Written, list[ScriptedGenerator]]:
    """Asks models named a, b for an output, each with its script."""
    models = [ScriptedGenerator(name, script) for name, script in zip("ab", scripts, strict=False)]
    prompt = build_output_prompt("How long?", [PASSAGE], PromptShape(), SCHEMA)
    asked = task(*(model.model for model in models))
    return written(replace(asked, prompt=prompt, output_schema=SCHEMA), ports(*models)), models


def test_an_output_that_fits_at_once_takes_one_call() -> None:
    outcome, _ = filled_in([VALID])
    assert (outcome.answer.output, outcome.failure) == ({"days": 30}, None)
    assert calls(outcome) == [("a", Outcome.OK, False)]


@pytest.mark.parametrize(
    ("first", "why", "told"),
    [
        (INVALID, Outcome.INVALID_FORMAT, 'output.days has to meet type "number"'),
        ("thirty", Outcome.INVALID_FORMAT, "not the JSON object"),
        (
            UNPROVEN,
            Outcome.FAILED_VERIFICATION,
            "output.days is not borne out by its evidence: number",
        ),
        (CUT_OUTPUT, Outcome.TRUNCATED, "cut off"),
    ],
)
def test_a_model_is_shown_its_output_and_what_is_wrong_with_it_once(
    first: str | Completion, why: Outcome, told: str
) -> None:
    outcome, (model,) = filled_in([first, VALID])
    assert outcome.answer.output == {"days": 30}
    assert calls(outcome) == [("a", why, True), ("a", Outcome.OK, False)]
    before, again = model.prompts
    text = first if isinstance(first, str) else first.text
    assert text in again.user.removeprefix(before.user)
    assert told in again.user
    assert (again.system, again.passages) == (before.system, before.passages)


def test_the_larger_model_repairs_where_there_is_one() -> None:
    outcome, (_, larger) = filled_in([INVALID], [VALID])
    assert calls(outcome) == [("a", Outcome.INVALID_FORMAT, True), ("b", Outcome.OK, False)]
    assert INVALID in larger.prompts[0].user


def test_an_output_that_never_fits_is_a_failure_after_two_calls_and_no_extract() -> None:
    outcome, (model,) = filled_in([INVALID, "nonsense", VALID])
    assert isinstance(outcome.failure, OutputInvalidError)
    assert "not the JSON object" in str(outcome.failure)
    assert len(model.prompts) == 2
    assert (outcome.answer.output, outcome.model) == (None, "a")


def test_an_output_whose_evidence_never_holds_is_a_decline() -> None:
    outcome, _ = filled_in([UNPROVEN])
    assert (outcome.failure, outcome.answer.status) == (None, "declined")
    assert outcome.answer.removed == (RemovalReason.NUMBER,)


@pytest.mark.parametrize(
    ("error", "failure"),
    [(DOWN, ModelUnavailableError), (ModelRefusedError("bad key"), ModelRefusedError)],
)
def test_no_extract_takes_the_place_of_an_output_where_models_fail(
    error: Exception, failure: type[Exception]
) -> None:
    outcome, _ = filled_in([error], [error])
    assert isinstance(outcome.failure, failure)


def test_an_output_may_be_declined() -> None:
    outcome, (_, _) = filled_in(['{"answered": false}'], [VALID])
    assert outcome.answer.output == {"days": 30}
    alone, (model,) = filled_in(['{"answered": false}'])
    assert (alone.answer.status, alone.failure, len(model.prompts)) == ("declined", None, 1)
